import { expect, test } from 'vitest';
import { outcomeOf, refusedFields } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

test('what is not given has its default', async () => {
  const ann = await world().person();
  const { id, created_at, updated_at, ...task } = await ann.api.tasks.create({ title: 'Ship it' });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(updated_at).toBe(created_at);
  expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(task).toEqual({
    title: 'Ship it',
    description: null,
    status: 'todo',
    priority: 'medium',
    tags: [],
    due_date: null,
    is_archived: false,
    created_by_id: ann.id,
    assigned_to_id: null,
    team_id: null,
    version: 1,
  });
});

test('what is given is kept, and read again as it was answered', async () => {
  const { person, team } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const given = {
    title: '  Ärger mit 👩‍👩‍👧  ',
    description: 'in\nlines',
    status: 'in_review' as const,
    priority: 'urgent' as const,
    tags: ['b', 'a', 'b'],
    assigned_to_id: bob.id,
    team_id,
  };
  const task = await ann.api.tasks.create({ ...given, due_date: '2026-05-01T10:00:00+02:00' });
  expect(task).toMatchObject({ ...given, due_date: '2026-05-01T08:00:00.000Z' });
  expect(await bob.api.tasks.get({ task_id: task.id })).toEqual(task);
});

test('one row in the activity log, and a notice for the assignee alone', async () => {
  const { person, team, effectsOf } = world();
  const [ann, bob, carl] = [await person(), await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob, carl] });
  const effects = await effectsOf(() => ann.api.tasks.create({ title: 'Ship it', team_id, assigned_to_id: bob.id }));
  const { items } = await ann.api.tasks.list({ team_id });
  const id = items[0]?.id;
  expect(effects).toEqual({
    outcome: 'OK',
    activity: [
      {
        action: 'task.created',
        actor_id: ann.id,
        entity_type: 'task',
        entity_id: id,
        task_id: id,
        team_id,
        details: { title: 'Ship it', assigned_to_id: bob.id },
      },
    ],
    told: [[bob.id, 'task_assigned']],
  });
});

test('who assigns to themselves is not told', async () => {
  const { person, effectsOf } = world();
  const ann = await person();
  const { told, activity } = await effectsOf(() => ann.api.tasks.create({ title: 'mine', assigned_to_id: ann.id }));
  expect(told).toEqual([]);
  expect(activity).toHaveLength(1);
});

test.each([
  ['a team of others', 'team_id: unknown_team'],
  ['a team that does not exist', 'team_id: unknown_team'],
  ['an assignee outside of the team', 'assigned_to_id: not_a_member'],
  ['an assignee who does not exist', 'assigned_to_id: unknown_user'],
  ['an assignee who was deactivated', 'assigned_to_id: unknown_user'],
] as const)('refuses %s, and leaves nothing behind', async (what, refusal) => {
  const { person, team, effectsOf } = world();
  const [ann, bob] = [await person(), await person()];
  const [mine, theirs] = [await team({ owner: ann }), await team({ owner: bob })];
  const inactive = await person({ is_active: false });
  const nobody = '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11';
  const more = {
    'a team of others': { team_id: theirs.id },
    'a team that does not exist': { team_id: nobody },
    'an assignee outside of the team': { team_id: mine.id, assigned_to_id: bob.id },
    'an assignee who does not exist': { assigned_to_id: nobody },
    'an assignee who was deactivated': { assigned_to_id: inactive.id },
  }[what];
  expect(await refusedFields(ann.api.tasks.create({ title: 'x', ...more }))).toEqual([refusal]);
  const effects = await effectsOf(() => ann.api.tasks.create({ title: 'x', ...more }));
  expect(effects).toEqual({ outcome: 'VALIDATION_FAILED', activity: [], told: [] });
  expect(await ann.api.tasks.list({})).toMatchObject({ total: 0 });
});

test('an admin puts a task into any team; its assignee has to be a member even so', async () => {
  const { person, admin, team } = world();
  const [root, bob] = [await admin(), await person()];
  const { id: team_id } = await team({ owner: bob });
  const task = await root.api.tasks.create({ title: 'x', team_id, assigned_to_id: bob.id });
  expect(task).toMatchObject({ team_id, assigned_to_id: bob.id, created_by_id: root.id });
  expect(await outcomeOf(root.api.tasks.create({ title: 'x', team_id, assigned_to_id: root.id }))).toBe(
    'VALIDATION_FAILED',
  );
});

test('a task that is done from the beginning was completed then', async () => {
  const { person, admin } = world();
  const [ann, root] = [await person(), await admin()];
  const completedToday = async () => Object.values((await root.api.admin.stats()).tasks.per_day).at(-1)?.completed ?? 0;
  const before = await completedToday();
  await ann.api.tasks.create({ title: 'x', status: 'done' });
  expect(await completedToday()).toBe(before + 1);
});

test('a title of which nothing can be seen is refused, once', async () => {
  const { api } = await world().person();
  expect(await refusedFields(api.tasks.create({ title: '\u200b \u3164' }))).toEqual(['title: blank']);
  expect(await refusedFields(api.tasks.create({ title: '\u200bx' }))).toBeUndefined();
});
