import { tasks } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const nothing = { activity: [], told: [] };

test('who creates a team owns it, and is its first member, a manager', async () => {
  const ann = await world().person({ full_name: 'Ann Example' });
  const { id, ...team } = await ann.api.teams.create({ name: 'Platform' });
  expect(team).toMatchObject({ name: 'Platform', description: null, owner_id: ann.id, version: 1 });
  const detail = await ann.api.teams.get({ team_id: id });
  expect(detail).toEqual({
    id,
    ...team,
    members: [
      {
        user: { id: ann.id, username: ann.username, full_name: 'Ann Example' },
        role: 'manager',
        joined_at: team.created_at,
      },
    ],
  });
});

test('creating, changing and deleting leave a row each', async () => {
  const { person, effectsOf } = world();
  const ann = await person();
  const created = await effectsOf(() => ann.api.teams.create({ name: 'one' }));
  const team_id = created.activity[0]?.entity_id ?? '';
  const row = { actor_id: ann.id, entity_type: 'team', entity_id: team_id, task_id: null, team_id };
  expect(created).toEqual({
    outcome: 'OK',
    activity: [{ ...row, action: 'team.created', details: { name: 'one' } }],
    told: [],
  });
  const updated = await effectsOf(() => ann.api.teams.update({ team_id, name: 'two', description: 'new' }));
  expect(updated.activity).toEqual([
    {
      ...row,
      action: 'team.updated',
      details: { name: { before: 'one', after: 'two' }, description: { before: null, after: 'new' } },
    },
  ]);
  const deleted = await effectsOf(() => ann.api.teams.delete({ team_id }));
  const details = { name: 'two', member_ids: [ann.id] };
  expect(deleted.activity).toEqual([{ ...row, action: 'team.deleted', details }]);
});

test('an update of nothing leaves no trace', async () => {
  const { person, team, effectsOf } = world();
  const ann = await person();
  const before = await team({ owner: ann, name: 'one' });
  for (const patch of [{}, { name: 'one' }, { description: null }]) {
    expect(await effectsOf(() => ann.api.teams.update({ team_id: before.id, ...patch }))).toEqual({
      outcome: 'OK',
      ...nothing,
    });
  }
  expect(await ann.api.teams.get({ team_id: before.id })).toMatchObject(before);
});

test('stale versions are refused by update and delete', async () => {
  const { person, team, effectsOf } = world();
  const ann = await person();
  const { id: team_id } = await team({ owner: ann });
  await ann.api.teams.update({ team_id, name: 'second' });
  for (const expected_version of [1, 3, []]) {
    const stale = { outcome: 'STALE_VERSION', ...nothing };
    expect(await effectsOf(() => ann.api.teams.update({ team_id, name: 'third', expected_version }))).toEqual(stale);
    expect(await effectsOf(() => ann.api.teams.delete({ team_id, expected_version }))).toEqual(stale);
  }
  await ann.api.teams.delete({ team_id, expected_version: [1, 2] });
});

test('names need not be unique', async () => {
  const ann = await world().person();
  await ann.api.teams.create({ name: 'same' });
  expect(await outcomeOf(ann.api.teams.create({ name: 'same' }))).toBe('OK');
});

test('the list has my teams, for an admin too, the newest first, in pages', async () => {
  const { person, admin, team } = world();
  const [ann, root] = [await person(), await admin()];
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.unshift((await team(i % 2 ? { owner: ann } : { members: [ann] })).id);
  const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
  const whole = await ann.api.teams.list({});
  expect(idsOf(whole)).toEqual(ids);
  expect(whole).toMatchObject({ total: 5, pages: 1 });
  expect(idsOf(await ann.api.teams.list({ page: 2, size: 2 }))).toEqual(ids.slice(2, 4));
  expect(await root.api.teams.list({})).toMatchObject({ total: 0 });
  expect(await outcomeOf(root.api.teams.get({ team_id: ids[0] ?? '' }))).toBe('OK');
});

describe('deleting a team', () => {
  test('deletes its tasks and what hangs on them, and tells the members', async () => {
    const { person, team, task, comment, effectsOf, db } = world();
    const [ann, bob, carl] = [await person(), await person(), await person()];
    const { id: team_id } = await team({ owner: ann, members: [bob, carl] });
    const made = await task({ by: bob, team_id, assigned_to_id: carl.id });
    await comment({ by: ann, on: made });
    const personal = await task({ by: bob });
    const effects = await effectsOf(() => ann.api.teams.delete({ team_id }));
    expect(effects).toMatchObject({ outcome: 'OK', activity: [{ action: 'team.deleted' }] });
    expect(effects.told).toEqual([
      [bob.id, 'team_removed'],
      [carl.id, 'team_removed'],
    ]);
    expect(await outcomeOf(ann.api.teams.get({ team_id }))).toBe('TEAM_NOT_FOUND');
    expect(await outcomeOf(bob.api.tasks.get({ task_id: made.id }))).toBe('TASK_NOT_FOUND');
    expect(await outcomeOf(bob.api.comments.list({ task_id: made.id }))).toBe('TASK_NOT_FOUND');
    expect(await outcomeOf(bob.api.tasks.get({ task_id: personal.id }))).toBe('OK');
    expect(await db.select().from(tasks).where(eq(tasks.team_id, team_id))).toEqual([]);
    const { items } = await carl.api.notifications.list({});
    expect(items.map(({ type }) => type)).toEqual(['team_removed', 'team_added']);
  });

  test('keeps its record in the activity log', async () => {
    const { person, admin, team, task } = world();
    const [ann, root] = [await person(), await admin()];
    const { id: team_id } = await team({ owner: ann });
    const made = await task({ by: ann, team_id });
    await ann.api.teams.delete({ team_id });
    const { items } = await root.api.activity.all({ size: 100 });
    expect(items.filter((row) => row.team_id === team_id).map(({ action }) => action)).toEqual([
      'team.deleted',
      'task.created',
      'team.created',
    ]);
    const mine = await ann.api.activity.mine({});
    expect(mine.items.map(({ task_id }) => task_id)).not.toContain(made.id);
  });
});
