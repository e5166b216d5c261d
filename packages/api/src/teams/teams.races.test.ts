import { activityLogs, notifications, tasks, teamMembers } from '@taskmaster/core/tables';
import { and, eq, isNotNull, notExists, sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import type { Person } from '../testing/people.ts';
import { countOf, outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { times } from '../testing/times.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const rounds = times(8, (round) => round);

/** The invariant that all of these are about: whoever has a task of a team is a member of it. */
afterEach(async () => {
  const { db } = world();
  const member = db
    .select({ one: sql`1` })
    .from(teamMembers)
    .where(and(eq(teamMembers.team_id, tasks.team_id), eq(teamMembers.user_id, tasks.assigned_to_id)));
  const orphans = await db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(isNotNull(tasks.team_id), isNotNull(tasks.assigned_to_id), notExists(member)));
  if (orphans.length > 0) throw new Error(`assigned to somebody outside of the team: ${JSON.stringify(orphans)}`);
});

async function twoInATeam(): Promise<{ ann: Person; bob: Person; team_id: string }> {
  const { person, team } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  return { ann, bob, team_id };
}

async function openTransaction() {
  const sql = await world().sql.reserve();
  await sql`begin`;
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return {
    sql,
    pid: row?.pid ?? 0,
    async [Symbol.asyncDispose]() {
      await sql`rollback`;
      sql.release();
    },
  };
}

const isHeldUpBy = (pid: number) =>
  `(select count(*) from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid)))`;
const isHeldUp = (pid: number) => `cardinality(pg_blocking_pids(${pid})) > 0`;

async function until(condition: string): Promise<void> {
  for (;;) {
    const [row] = await world().sql.unsafe<{ holds: boolean }[]>(`select ${condition} as holds`);
    if (row?.holds) return;
  }
}

test('one member added 20 times at once is added once, and told once', async () => {
  const { person, team, db } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann });
  const outcomes = await outcomesOf(times(20, () => ann.api.teams.addMember({ team_id, user_id: bob.id })));
  expect([countOf(outcomes, 'OK'), countOf(outcomes, 'ALREADY_MEMBER')]).toEqual([1, 19]);
  expect(await db.$count(teamMembers, eq(teamMembers.team_id, team_id))).toBe(2);
  const added = and(eq(activityLogs.team_id, team_id), eq(activityLogs.action, 'team.member_added'));
  expect(await db.$count(activityLogs, added)).toBe(1);
  expect(await bob.api.notifications.list({})).toMatchObject({ total: 1 });
  expect(await ann.api.teams.get({ team_id })).toMatchObject({ version: 2 });
});

test.each(rounds)('a member is removed while tasks are created for them: none is theirs afterwards (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const create = () => ann.api.tasks.create({ title: 'x', team_id, assigned_to_id: bob.id });
  const remove = ann.api.teams.removeMember({ team_id, user_id: bob.id });
  const outcomes = await outcomesOf([create(), create(), remove, create(), create()]);
  expect(countOf(outcomes, 'OK') + countOf(outcomes, 'VALIDATION_FAILED')).toBe(5);
  const { items } = await ann.api.tasks.list({ team_id });
  expect(items.filter((task) => task.assigned_to_id === bob.id)).toEqual([]);
});

test.each(rounds)('a member is removed while tasks are assigned to them: none is theirs afterwards (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const made = await Promise.all(times(4, () => world().task({ by: ann, team_id })));
  const assign = (index: number) => ann.api.tasks.assign({ task_id: made[index]?.id ?? '', assigned_to_id: bob.id });
  const remove = ann.api.teams.removeMember({ team_id, user_id: bob.id });
  const outcomes = await outcomesOf([assign(0), assign(1), remove, assign(2), assign(3)]);
  expect(countOf(outcomes, 'OK') + countOf(outcomes, 'VALIDATION_FAILED')).toBe(5);
});

test.each(rounds)('who is removed while creating tasks creates none afterwards (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const create = () => bob.api.tasks.create({ title: 'x', team_id, assigned_to_id: bob.id });
  const remove = ann.api.teams.removeMember({ team_id, user_id: bob.id });
  const outcomes = await outcomesOf([create(), create(), remove, create(), create()]);
  expect(countOf(outcomes, 'OK') + countOf(outcomes, 'VALIDATION_FAILED')).toBe(5);
  const log = await world()
    .db.select({ action: activityLogs.action, actor_id: activityLogs.actor_id })
    .from(activityLogs)
    .where(eq(activityLogs.team_id, team_id))
    .orderBy(activityLogs.xid, activityLogs.seq);
  const removed = log.findIndex(({ action }) => action === 'team.member_removed');
  const created = log.filter(({ action }) => action === 'task.created');
  expect(created).toHaveLength((await ann.api.tasks.list({ team_id })).total);
  expect(removed).toBeGreaterThan(0);
});

test.each(rounds)('who is removed while their task is spoken of is told of none of it afterwards (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const { id: task_id } = await world().task({ by: bob, team_id });
  const speak = () => ann.api.comments.create({ task_id, content: 'x' });
  const change = () => ann.api.tasks.update({ task_id, title: 'y' });
  const remove = ann.api.teams.removeMember({ team_id, user_id: bob.id });
  expect(await outcomesOf([speak(), remove, change(), speak(), speak()])).toEqual(times(5, () => 'OK'));
  const told = await world()
    .db.select({ type: notifications.type })
    .from(notifications)
    .where(eq(notifications.user_id, bob.id))
    .orderBy(notifications.seq);
  expect(told.at(-1)).toEqual({ type: 'team_removed' });
});

test.each(rounds)('a task moves into a team while its assignee leaves that team (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const made = await world().task({ by: ann, assigned_to_id: bob.id });
  const outcomes = await outcomesOf([
    ann.api.tasks.update({ task_id: made.id, team_id }),
    bob.api.teams.removeMember({ team_id, user_id: bob.id }),
  ]);
  expect(countOf(outcomes, 'OK')).toBeGreaterThanOrEqual(1);
  expect(countOf(outcomes, 'OK') + countOf(outcomes, 'VALIDATION_FAILED')).toBe(2);
});

test.each(rounds)(
  'tasks cross between two teams at once: nobody waits for ever, nobody is left behind (%i)',
  async () => {
    const { person, team, task } = world();
    const [ann, bob] = [await person(), await person()];
    const [one, two] = [await team({ owner: ann, members: [bob] }), await team({ owner: bob, members: [ann] })];
    const [here, there] = [
      await task({ by: ann, team_id: one.id, assigned_to_id: bob.id }),
      await task({ by: ann, team_id: two.id, assigned_to_id: bob.id }),
    ];
    const outcomes = await outcomesOf([
      ann.api.tasks.update({ task_id: here.id, team_id: two.id }),
      ann.api.tasks.update({ task_id: there.id, team_id: one.id }),
      bob.api.tasks.update({ task_id: here.id, status: 'done' }),
      ann.api.teams.removeMember({ team_id: one.id, user_id: bob.id }),
      ann.api.comments.create({ task_id: there.id, content: 'x' }),
    ]);
    const expected = new Set(['OK', 'VALIDATION_FAILED', 'TASK_NOT_FOUND', 'FORBIDDEN']);
    expect(outcomes.filter((outcome) => !expected.has(outcome))).toEqual([]);
  },
);

test('a task that was moved while a writer waited for it is written under the lock of its new team', async () => {
  const { ann, bob, team_id: from } = await twoInATeam();
  const { id: to } = await world().team({ owner: ann, members: [bob] });
  const { id } = await world().task({ by: ann, team_id: from });
  await using mover = await openTransaction();
  await using holder = await openTransaction();
  await using remover = await openTransaction();
  await mover.sql`update tasks set team_id = ${to} where id = ${id}`;
  const assigned = outcomeOf(ann.api.tasks.assign({ task_id: id, assigned_to_id: bob.id }));
  await until(`${isHeldUpBy(mover.pid)} = 1`);
  // The writer gets as far as the foreign key of its new assignee, and no further.
  await holder.sql`select id from users where id = ${bob.id} for update`;
  await mover.sql`commit`;
  await until(`${isHeldUpBy(holder.pid)} = 1`);
  const removed = (async () => {
    await remover.sql`select id from teams where id = ${to} for update`;
    await remover.sql`delete from team_members where team_id = ${to} and user_id = ${bob.id}`;
    await remover.sql`update tasks set assigned_to_id = null where team_id = ${to} and assigned_to_id = ${bob.id}`;
    await remover.sql`commit`;
  })();
  await Promise.race([removed, until(isHeldUp(remover.pid))]);
  await holder.sql`commit`;
  await removed;
  expect(await assigned).toBe('OK');
  expect(await ann.api.tasks.get({ task_id: id })).toMatchObject({ team_id: to, assigned_to_id: null });
});

test('who writes to a task that was moved and who empties its new team do not wait for each other', async () => {
  const { ann, bob, team_id: from } = await twoInATeam();
  const { id: to } = await world().team({ owner: ann, members: [bob] });
  const { id } = await world().task({ by: ann, team_id: from, assigned_to_id: bob.id });
  await using mover = await openTransaction();
  await mover.sql`update tasks set team_id = ${to} where id = ${id}`;
  const written = outcomeOf(ann.api.comments.create({ task_id: id, content: 'x' }));
  await until(`${isHeldUpBy(mover.pid)} = 1`);
  const removed = outcomeOf(ann.api.teams.removeMember({ team_id: to, user_id: bob.id }));
  await until(`${isHeldUpBy(mover.pid)} = 2`);
  await mover.sql`commit`;
  expect(await Promise.all([written, removed])).toEqual(['OK', 'OK']);
  expect(await ann.api.tasks.get({ task_id: id })).toMatchObject({ team_id: to, assigned_to_id: null });
});

test.each(rounds)('a team is deleted while tasks are created in it: none is left (%i)', async () => {
  const { ann, bob, team_id } = await twoInATeam();
  const create = (by: Person) => by.api.tasks.create({ title: 'x', team_id });
  const outcomes = await outcomesOf([
    create(ann),
    create(bob),
    ann.api.teams.delete({ team_id }),
    create(bob),
    create(ann),
    bob.api.teams.removeMember({ team_id, user_id: bob.id }),
  ]);
  const expected = new Set(['OK', 'VALIDATION_FAILED', 'TEAM_NOT_FOUND']);
  expect(outcomes.filter((outcome) => !expected.has(outcome))).toEqual([]);
  expect(await world().db.$count(tasks, eq(tasks.team_id, team_id))).toBe(0);
});

test.each(rounds)(
  'a member is removed while being made a manager: gone in the end, a manager first or not (%i)',
  async () => {
    const { ann, bob, team_id } = await twoInATeam();
    const root = await world().admin();
    const outcomes = await outcomesOf([
      ann.api.teams.updateMember({ team_id, user_id: bob.id, role: 'manager' }),
      root.api.teams.removeMember({ team_id, user_id: bob.id }),
    ]);
    expect([
      ['OK', 'OK'],
      ['MEMBER_NOT_FOUND', 'OK'],
    ]).toContainEqual(outcomes);
    expect(await ann.api.teams.get({ team_id })).toMatchObject({ members: [{ user: { id: ann.id } }] });
  },
);
