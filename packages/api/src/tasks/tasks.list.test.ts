import type { Task } from '@taskmaster/core/contracts';
import { taskPriorities, taskStatuses } from '@taskmaster/core/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../testing/people.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

/** Ann's sphere: 30 tasks of three kinds, in two teams and without one. Beside it, what is none of hers. */
let ann: Person;
let bob: Person;
let teamIds: string[];
let tasks: Task[];

beforeAll(async () => {
  const { person, team, task } = world();
  [ann, bob] = [await person(), await person()];
  teamIds = [(await team({ owner: ann, members: [bob] })).id, (await team({ owner: bob, members: [ann] })).id];
  const foreign = await team({ owner: bob });
  tasks = [];
  for (let i = 0; i < 30; i++) {
    const made = await task({
      by: i % 2 === 0 ? ann : bob,
      title: `task ${String(i * 7).padStart(3, '0')}`,
      status: taskStatuses[i % 5] ?? 'todo',
      priority: taskPriorities[i % 4] ?? 'low',
      tags: i % 3 === 0 ? ['backend', `n${i}`] : [],
      team_id: teamIds[i % 3] ?? null,
      // Without a team: made by ann, or made by bob for her.
      assigned_to_id: i % 3 === 2 && i % 2 === 1 ? ann.id : null,
      due_date: i % 4 === 0 ? null : `2026-03-${String((i % 28) + 1).padStart(2, '0')}T12:00:00Z`,
    });
    tasks.push(made);
  }
  const archived = tasks[4];
  if (archived) await ann.api.tasks.archive({ task_id: archived.id });
  tasks = tasks.filter(({ id }) => id !== archived?.id);
  await task({ by: bob, team_id: foreign.id });
  await task({ by: bob });
  await ann.api.tasks.update({ task_id: tasks[0]?.id ?? '', description: 'touched last' });
});

type Query = Parameters<Person['api']['tasks']['list']>[0];
const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
const sorted = (items: readonly { id: string }[]) => idsOf(items).toSorted();
const list = (query: Query = {}) => ann.api.tasks.list({ size: 100, ...query });

test('lists the sphere, without what is archived, the newest first, and counts it', async () => {
  const page = await list();
  expect(idsOf(page.items)).toEqual(idsOf(tasks).toReversed());
  expect(page).toMatchObject({ total: 29, total_is_exact: true, page: 1, size: 100, pages: 1 });
});

test("an admin's list is like anybody's; all there are stand under admin", async () => {
  const root = await world().admin();
  expect(await root.api.tasks.list({})).toMatchObject({ total: 0 });
  const all = await root.api.admin.tasks({ size: 100 });
  expect(all.total).toBe(32);
  expect((await root.api.admin.tasks({ is_archived: true })).total).toBe(1);
  expect((await root.api.admin.tasks({ is_archived: false })).total).toBe(31);
});

describe('each filter', () => {
  const cases: [string, () => Query, (task: Task) => boolean][] = [
    ['one status', () => ({ status: ['done'] }), ({ status }) => status === 'done'],
    [
      'two statuses',
      () => ({ status: ['todo', 'in_review'] }),
      ({ status }) => status === 'todo' || status === 'in_review',
    ],
    ['one priority', () => ({ priority: ['urgent'] }), ({ priority }) => priority === 'urgent'],
    ['two priorities', () => ({ priority: ['low', 'high'] }), ({ priority }) => ['low', 'high'].includes(priority)],
    ['a team', () => ({ team_id: teamIds[1] }), ({ team_id }) => team_id === teamIds[1]],
    ['an assignee', () => ({ assigned_to_id: ann.id }), ({ assigned_to_id }) => assigned_to_id === ann.id],
    ['a tag', () => ({ tag: 'backend' }), ({ tags }) => tags.includes('backend')],
    ['a part of a tag is no tag', () => ({ tag: 'back' }), () => false],
    [
      'due from (that moment too)',
      () => ({ due_date_from: '2026-03-10T12:00:00Z' }),
      ({ due_date }) => due_date !== null && due_date >= '2026-03-10T12:00:00.000Z',
    ],
    [
      'due to (that moment too), in another offset',
      () => ({ due_date_to: '2026-03-10T14:00:00+02:00' }),
      ({ due_date }) => due_date !== null && due_date <= '2026-03-10T12:00:00.000Z',
    ],
    [
      'several at once',
      () => ({ status: ['todo', 'in_progress'], priority: ['low', 'medium'], team_id: teamIds[0] }),
      ({ status, priority, team_id }) =>
        ['todo', 'in_progress'].includes(status) && ['low', 'medium'].includes(priority) && team_id === teamIds[0],
    ],
  ];

  test.each(cases)('%s', async (_, query, isMeant) => {
    const page = await list(query());
    const expected = tasks.filter(isMeant);
    expect(sorted(page.items)).toEqual(sorted(expected));
    expect(page.total).toBe(expected.length);
  });

  test('a team or an assignee of others shows nothing of theirs', async () => {
    const { person, team } = world();
    const foreign = await team({ owner: await person() });
    expect(await list({ team_id: foreign.id })).toMatchObject({ items: [], total: 0 });
  });
});

describe('each order', () => {
  const rank = { low: 0, medium: 1, high: 2, urgent: 3 };
  const keys: Record<string, (task: Task) => string | number> = {
    created_at: ({ created_at }) => created_at,
    updated_at: ({ updated_at }) => updated_at,
    title: ({ title }) => title,
    priority: ({ priority }) => rank[priority],
  };

  test.each(['created_at', 'updated_at', 'title', 'priority'] as const)('by %s, and backwards', async (key) => {
    const keyOf = keys[key] ?? (() => '');
    const up = await list({ sort: key });
    const down = await list({ sort: `-${key}` });
    const expected = up.items.toSorted((one, other) => {
      const [a, b] = [keyOf(one), keyOf(other)];
      if (a === b) return one.id < other.id ? -1 : 1;
      return a < b ? -1 : 1;
    });
    expect(idsOf(up.items)).toEqual(idsOf(expected));
    expect(idsOf(down.items)).toEqual(idsOf(up.items).toReversed());
    expect(up.items).toHaveLength(29);
  });

  test('by due date: what has none comes last either way', async () => {
    const datesOf = async (sort: 'due_date' | '-due_date') =>
      (await list({ sort })).items.map(({ due_date }) => due_date);
    const [up, down] = [await datesOf('due_date'), await datesOf('-due_date')];
    const dated = up.filter((date) => date !== null);
    const undated = up.length - dated.length;
    expect(undated).toBeGreaterThan(0);
    expect(up).toEqual([...dated.toSorted(), ...Array.from({ length: undated }, () => null)]);
    expect(down).toEqual([...dated.toSorted().toReversed(), ...Array.from({ length: undated }, () => null)]);
  });
});

describe('pages', () => {
  test.each(['-created_at', 'priority', '-due_date', 'title'] as const)(
    'by %s: every task is on one page, and on one only',
    async (sort) => {
      const whole = idsOf((await list({ sort })).items);
      const pieces: string[] = [];
      for (let page = 1; page <= 5; page++) pieces.push(...idsOf((await list({ sort, page, size: 7 })).items));
      expect(pieces).toEqual(whole);
    },
  );

  test('say how many there are, and are empty beyond the last', async () => {
    expect(await list({ page: 5, size: 7 })).toMatchObject({ items: [{}], total: 29, pages: 5, page: 5, size: 7 });
    expect(await list({ page: 6, size: 7 })).toMatchObject({ items: [], total: 29, pages: 5, page: 6 });
    expect(await list({ page: 1_000_000, size: 100 })).toMatchObject({ items: [], total: 29 });
    expect(await list({ page: 1, size: 29 })).toMatchObject({ pages: 1 });
  });
});

test("a team's list is for its members and admins, and is the same as the filter", async () => {
  const [team_id = ''] = teamIds;
  const byTeam = await ann.api.tasks.listByTeam({ team_id, size: 100 });
  expect(byTeam).toEqual(await list({ team_id }));
  expect(await ann.api.tasks.listByTeam({ team_id, status: ['done'] })).toMatchObject({
    total: tasks.filter((task) => task.team_id === team_id && task.status === 'done').length,
  });
});
