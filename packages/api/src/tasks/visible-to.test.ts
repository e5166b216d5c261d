import type { TeamRole } from '@taskmaster/core/contracts';
import { isInSphere } from '@taskmaster/core/policies';
import { tasks, teamMembers, teams, users } from '@taskmaster/core/tables';
import { or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { useTestWorld } from '../testing/use-test-world.ts';
import { listTasks } from './tasks-list.repository.ts';
import { taskColumns, teamRoleOf } from './tasks-columns.sql.ts';
import { visibleTo } from './visible-to.sql.ts';

const world = useTestWorld();

/** mulberry32: the same worlds in every run, so that a failure can be looked at. */
function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    chance: (probability: number) => next() < probability,
    oneOf: <Item>(items: readonly Item[]): Item => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to choose from');
      return item;
    },
  };
}

const ids = (count: number) => Array.from({ length: count }, () => uuidv7());

/** Members, former members, creators without a team, assignees of all kinds: whatever the columns can hold. */
async function fill(seed: number) {
  const { db } = world();
  const { chance, oneOf } = createRandom(seed);
  const [people, teamIds] = [ids(7), ids(4)];
  await db.insert(users).values(
    people.map((id) => ({
      id,
      email: `${id}@example.com`,
      username: id,
      password_hash: 'none',
      role: chance(0.2) ? ('admin' as const) : ('user' as const),
    })),
  );
  await db.transaction(async (tx) => {
    for (const id of teamIds) {
      const owner_id = oneOf(people);
      await tx.insert(teams).values({ id, name: 'team', owner_id });
      const roles = new Map<string, TeamRole>([[owner_id, 'manager']]);
      for (const user_id of people) if (chance(0.3)) roles.set(user_id, oneOf(['member', 'manager']));
      await tx.insert(teamMembers).values([...roles].map(([user_id, role]) => ({ team_id: id, user_id, role })));
    }
  });
  const rows = ids(60).map((id) => ({
    id,
    title: 'task',
    created_by_id: oneOf(people),
    assigned_to_id: chance(0.6) ? oneOf(people) : null,
    team_id: chance(0.5) ? oneOf(teamIds) : null,
    is_archived: chance(0.2),
  }));
  await db.insert(tasks).values(rows);
  return people;
}

test.each(Array.from({ length: 12 }, (_, seed) => seed))(
  'world %i: the policy and the SQL say the same of every task and everybody, and the sets are disjoint',
  async (seed) => {
    const { db } = world();
    const people = await fill(seed);
    const memberships = await db.select().from(teamMembers);
    let [seen, hidden] = [0, 0];
    for (const id of people) {
      const actor = { id, role: 'user', session_id: id } as const;
      const sets = visibleTo(actor);
      const rows = await db
        .select({
          ...taskColumns,
          actor_team_role: teamRoleOf(actor.id),
          by_sql: sql<boolean>`coalesce(${or(...sets)}, false)`,
          in_sets: sql<number>`${sql.join(
            sets.map((set) => sql`coalesce((${set})::int, 0)`),
            sql` + `,
          )}`.mapWith(Number),
        })
        .from(tasks);
      for (const row of rows) {
        const mine = memberships.find(({ team_id, user_id }) => team_id === row.team_id && user_id === id);
        const actor_team_role = mine?.role ?? null;
        expect(row.by_sql, `${id} ${JSON.stringify(row)}`).toBe(isInSphere(actor, { ...row, actor_team_role }));
        expect(row.in_sets).toBe(row.by_sql ? 1 : 0);
        if (row.by_sql) seen++;
        else hidden++;
      }
    }
    expect(seen).toBeGreaterThan(0);
    expect(hidden).toBeGreaterThan(0);
  },
);

test('what the list reads team by team is the same set', async () => {
  const { db, deps } = world();
  const people = await fill(99);
  for (const id of people) {
    const actor = { id, role: 'user', session_id: id } as const;
    const expected = await db
      .select({ id: tasks.id })
      .from(tasks)
      .where(or(...visibleTo(actor)));
    const { items, counted } = await listTasks(deps.db, { sphereOf: actor }, { page: 1, size: 100 });
    expect(items.map((item) => item.id).toSorted()).toEqual(expected.map((row) => row.id).toSorted());
    expect(counted).toBe(expected.length);
  }
});
