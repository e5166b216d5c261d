import { describe, expect, test } from 'vitest';
import { outcomeOf, refusedFields } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

/** A team with everybody who may stand in a relation to a task of it. */
async function scene() {
  const { person, team, task } = world();
  const [owner, creator, assignee, member] = [await person(), await person(), await person(), await person()];
  const { id: team_id } = await team({ owner, members: [creator, assignee, member] });
  const made = await task({ by: creator, title: 'before', team_id, assigned_to_id: assignee.id });
  return { owner, creator, assignee, member, team_id, task: made, task_id: made.id };
}

describe('a change', () => {
  test('moves the version by one and updated_at, and nothing that was not asked for', async () => {
    const { creator, task, task_id } = await scene();
    const updated = await creator.api.tasks.update({ task_id, title: 'after', tags: ['x'] });
    expect(updated).toEqual({ ...task, title: 'after', tags: ['x'], version: 2, updated_at: updated.updated_at });
    expect(updated.updated_at >= task.updated_at).toBe(true);
    expect(await creator.api.tasks.get({ task_id })).toEqual(updated);
  });

  test('leaves one row, with what was there before and after, and tells whoever made it or has it', async () => {
    const { owner, creator, assignee, task_id, team_id } = await scene();
    const effects = await world().effectsOf(() =>
      owner.api.tasks.patch({ task_id, title: 'after', due_date: '2026-05-01T00:00:00Z', priority: 'medium' }),
    );
    expect(effects).toEqual({
      outcome: 'OK',
      activity: [
        {
          action: 'task.updated',
          actor_id: owner.id,
          entity_type: 'task',
          entity_id: task_id,
          task_id,
          team_id,
          details: {
            title: { before: 'before', after: 'after' },
            due_date: { before: null, after: '2026-05-01T00:00:00.000Z' },
          },
        },
      ],
      told: [
        [creator.id, 'task_updated'],
        [assignee.id, 'task_updated'],
      ],
    });
  });

  test.each([{}, { title: 'before' }, { status: 'todo', tags: [], due_date: null }] as const)(
    'of nothing (%j) is answered and leaves no trace',
    async (patch) => {
      const { creator, task, task_id } = await scene();
      const { tags, ...rest } = { tags: undefined, ...patch };
      const effects = await world().effectsOf(() =>
        creator.api.tasks.update({ task_id, ...rest, ...(tags && { tags: [...tags] }) }),
      );
      expect(effects).toEqual({ outcome: 'OK', activity: [], told: [] });
      expect(await creator.api.tasks.get({ task_id })).toEqual(task);
    },
  );

  test('by null clears a field', async () => {
    const { creator, task_id } = await scene();
    await creator.api.tasks.update({ task_id, description: 'some', due_date: '2026-05-01T00:00:00Z' });
    const cleared = await creator.api.tasks.update({
      task_id,
      description: null,
      due_date: null,
      assigned_to_id: null,
    });
    expect(cleared).toMatchObject({ description: null, due_date: null, assigned_to_id: null });
  });
});

describe('what the assignee may', () => {
  test('change the status, alone', async () => {
    const { assignee, creator, task_id, task } = await scene();
    const effects = await world().effectsOf(() => assignee.api.tasks.update({ task_id, status: 'in_progress' }));
    expect(effects.told).toEqual([[creator.id, 'task_updated']]);
    expect(effects.activity.map(({ details }) => details)).toEqual([
      { status: { before: 'todo', after: 'in_progress' } },
    ]);
    for (const input of [
      { title: 'mine' },
      { status: 'done', title: task.title },
      { is_archived: true },
      { assigned_to_id: null },
      { team_id: null },
    ] as const) {
      expect(await world().effectsOf(() => assignee.api.tasks.update({ task_id, ...input }))).toEqual({
        outcome: 'FORBIDDEN',
        activity: [],
        told: [],
      });
    }
    expect(await outcomeOf(assignee.api.tasks.archive({ task_id }))).toBe('FORBIDDEN');
    expect(await outcomeOf(assignee.api.tasks.assign({ task_id, assigned_to_id: null }))).toBe('FORBIDDEN');
  });
});

describe('archiving', () => {
  test('is recorded once, hides from the list, and is undone by is_archived: false', async () => {
    const { creator, assignee, task_id, team_id } = await scene();
    const archived = await world().effectsOf(() => creator.api.tasks.archive({ task_id }));
    expect(archived.activity).toMatchObject([
      { action: 'task.archived', details: { is_archived: { before: false, after: true } } },
    ]);
    expect(archived.told).toEqual([[assignee.id, 'task_updated']]);
    expect(await creator.api.tasks.list({ team_id })).toMatchObject({ total: 0 });
    expect(await creator.api.tasks.list({ team_id, is_archived: true })).toMatchObject({ items: [{ id: task_id }] });
    expect(await creator.api.tasks.get({ task_id })).toMatchObject({ is_archived: true, version: 2 });

    const again = await world().effectsOf(() => creator.api.tasks.archive({ task_id }));
    expect(again).toEqual({ outcome: 'OK', activity: [], told: [] });

    const restored = await world().effectsOf(() => creator.api.tasks.update({ task_id, is_archived: false }));
    expect(restored.activity).toMatchObject([
      { action: 'task.restored', details: { is_archived: { before: true, after: false } } },
    ]);
    expect(await creator.api.tasks.list({ team_id })).toMatchObject({ total: 1 });
  });
});

describe('versions', () => {
  const stale = { outcome: 'STALE_VERSION', activity: [], told: [] };

  test('a stale one is refused by every write, and changes nothing', async () => {
    const { creator, task_id } = await scene();
    const current = await creator.api.tasks.update({ task_id, title: 'second' });
    for (const expected_version of [1, 3, 0, [1, 3], []]) {
      const { tasks } = creator.api;
      expect(await world().effectsOf(() => tasks.update({ task_id, title: 'third', expected_version }))).toEqual(stale);
      expect(await world().effectsOf(() => tasks.patch({ task_id, title: 'third', expected_version }))).toEqual(stale);
      expect(await world().effectsOf(() => tasks.archive({ task_id, expected_version }))).toEqual(stale);
      expect(await world().effectsOf(() => tasks.assign({ task_id, assigned_to_id: null, expected_version }))).toEqual(
        stale,
      );
    }
    expect(await creator.api.tasks.get({ task_id })).toEqual(current);
  });

  test('the current one is accepted, alone or among others', async () => {
    const { creator, task_id } = await scene();
    expect(await creator.api.tasks.update({ task_id, title: 'b', expected_version: 1 })).toMatchObject({ version: 2 });
    expect(await creator.api.tasks.update({ task_id, title: 'c', expected_version: [9, 2] })).toMatchObject({
      version: 3,
    });
  });

  test('who may not write does not learn whether a version is stale', async () => {
    const { member, task_id } = await scene();
    expect(await outcomeOf(member.api.tasks.update({ task_id, title: 'x', expected_version: 99 }))).toBe('FORBIDDEN');
    const stranger = await world().person();
    expect(await outcomeOf(stranger.api.tasks.update({ task_id, title: 'x', expected_version: 99 }))).toBe(
      'TASK_NOT_FOUND',
    );
  });
});

describe('moving between teams', () => {
  test('into a team of the mover: those who lose it see it no more, those of the new team do', async () => {
    const { person, team } = world();
    const { creator, member, task_id } = await scene();
    const newcomer = await person();
    const other = await team({ owner: newcomer, members: [creator] });
    expect(
      await refusedFields(creator.api.tasks.update({ task_id, team_id: other.id })),
      'the assignee is no member there',
    ).toEqual(['assigned_to_id: not_a_member']);
    const effects = await world().effectsOf(() =>
      creator.api.tasks.update({ task_id, team_id: other.id, assigned_to_id: newcomer.id }),
    );
    expect(effects.activity).toMatchObject([{ action: 'task.updated', team_id: other.id }]);
    expect(await outcomeOf(member.api.tasks.get({ task_id }))).toBe('TASK_NOT_FOUND');
    expect(await outcomeOf(newcomer.api.tasks.get({ task_id }))).toBe('OK');
  });

  test('who loses the task by the move is not told of it: it is out of their sight', async () => {
    const { person, team } = world();
    const { creator, assignee, task_id } = await scene();
    const other = await team({ owner: await person(), members: [creator] });
    await creator.api.tasks.update({ task_id, team_id: other.id, assigned_to_id: null });
    const { items } = await assignee.api.notifications.list({ size: 100 });
    expect(items.map(({ team_id, type }) => ({ team_id, type }))).not.toContainEqual(
      expect.objectContaining({ team_id: other.id }),
    );
  });

  test('into a team of others is refused, out of the team is not', async () => {
    const { team } = world();
    const { creator, member, task_id } = await scene();
    const foreign = await team();
    expect(await refusedFields(creator.api.tasks.update({ task_id, team_id: foreign.id }))).toEqual([
      'team_id: unknown_team',
    ]);
    expect(await creator.api.tasks.update({ task_id, team_id: null })).toMatchObject({ team_id: null });
    expect(await outcomeOf(member.api.tasks.get({ task_id }))).toBe('TASK_NOT_FOUND');
  });
});

test('when a task was completed follows its status', async () => {
  const { admin } = world();
  const root = await admin();
  const { creator, task_id } = await scene();
  const completedToday = async () => Object.values((await root.api.admin.stats()).tasks.per_day).at(-1)?.completed ?? 0;
  const before = await completedToday();
  await creator.api.tasks.update({ task_id, status: 'done' });
  await creator.api.tasks.update({ task_id, title: 'still done' });
  expect(await completedToday()).toBe(before + 1);
  await creator.api.tasks.update({ task_id, status: 'in_review' });
  expect(await completedToday()).toBe(before);
});
