import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const nothing = { activity: [], told: [] };

/** A team's task with everybody who may care for it. */
async function scene() {
  const { person, team, task } = world();
  const [owner, creator, assignee, member] = [await person(), await person(), await person(), await person()];
  const { id: team_id } = await team({ owner, members: [creator, assignee, member] });
  const on = await task({ by: creator, team_id, assigned_to_id: assignee.id });
  return { owner, creator, assignee, member, team_id, on, task_id: on.id };
}

test('a comment is answered, recorded without its words, and told to creator, assignee and earlier authors', async () => {
  const { owner, creator, assignee, member, task_id, team_id } = await scene();
  const first = await world().effectsOf(() => member.api.comments.create({ task_id, content: 'secret words' }));
  expect(first.told).toEqual([
    [creator.id, 'task_commented'],
    [assignee.id, 'task_commented'],
  ]);
  const { items } = await owner.api.comments.list({ task_id });
  const [{ id, ...comment } = { id: '' }] = items;
  expect(comment).toMatchObject({ task_id, author_id: member.id, content: 'secret words', version: 1 });
  const row = { actor_id: member.id, entity_type: 'comment', entity_id: id, task_id, team_id };
  expect(first.activity).toEqual([
    { ...row, action: 'comment.created', details: { author_id: member.id, length: 12 } },
  ]);
  expect(JSON.stringify(first)).not.toContain('secret');

  const second = await world().effectsOf(() => assignee.api.comments.create({ task_id, content: 'an answer' }));
  expect(second.told).toEqual([
    [creator.id, 'task_commented'],
    [member.id, 'task_commented'],
  ]);
});

test('lists in the order in which they were written, in pages', async () => {
  const { creator, member, task_id } = await scene();
  for (let i = 0; i < 5; i++) await (i % 2 ? creator : member).api.comments.create({ task_id, content: `${i}` });
  const contents = (page: { items: { content: string }[] }) => page.items.map(({ content }) => content);
  expect(contents(await creator.api.comments.list({ task_id }))).toEqual(['0', '1', '2', '3', '4']);
  expect(contents(await creator.api.comments.list({ task_id, page: 2, size: 2 }))).toEqual(['2', '3']);
});

test('an earlier author who sees the task no more is not told of what is said now', async () => {
  const { person, admin, team, task, effectsOf } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  const personal = await task({ by: ann, assigned_to_id: bob.id });
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const ours = await task({ by: ann, team_id });
  for (const { id: task_id } of [personal, ours]) {
    await bob.api.comments.create({ task_id, content: 'from one who sees it now' });
    await root.api.comments.create({ task_id, content: 'from one who sees everything' });
  }
  await ann.api.tasks.assign({ task_id: personal.id, assigned_to_id: null });
  await ann.api.teams.removeMember({ team_id, user_id: bob.id });
  for (const { id: task_id } of [personal, ours]) {
    const { told } = await effectsOf(() => ann.api.comments.create({ task_id, content: 'among ourselves' }));
    expect(told).toEqual([[root.id, 'task_commented']]);
  }
});

describe('editing and deleting', () => {
  test('is for the author and for admins', async () => {
    const { owner, creator, assignee, member, task_id } = await scene();
    const root = await world().admin();
    const { id: comment_id } = await member.api.comments.create({ task_id, content: 'first' });
    for (const other of [owner, creator, assignee]) {
      const forbidden = { outcome: 'FORBIDDEN', ...nothing };
      const { comments } = other.api;
      expect(await world().effectsOf(() => comments.update({ task_id, comment_id, content: 'x' }))).toEqual(forbidden);
      expect(await world().effectsOf(() => comments.delete({ task_id, comment_id }))).toEqual(forbidden);
    }
    expect(await root.api.comments.update({ task_id, comment_id, content: 'second' })).toMatchObject({
      content: 'second',
      author_id: member.id,
      version: 2,
    });
    expect(await outcomeOf(member.api.comments.delete({ task_id, comment_id }))).toBe('OK');
    expect(await member.api.comments.list({ task_id })).toMatchObject({ total: 0 });
  });

  test('is recorded with versions and author, not with words; nobody is told', async () => {
    const { member, task_id, team_id } = await scene();
    const { id: comment_id } = await member.api.comments.create({ task_id, content: 'old secret' });
    const row = { actor_id: member.id, entity_type: 'comment', entity_id: comment_id, task_id, team_id };
    const { comments } = member.api;
    const updated = await world().effectsOf(() => comments.update({ task_id, comment_id, content: 'new secret 🔑' }));
    const details = {
      author_id: member.id,
      version: { before: 1, after: 2 },
      length: { before: 10, after: 12 },
    };
    expect(updated).toEqual({ outcome: 'OK', activity: [{ ...row, action: 'comment.updated', details }], told: [] });
    const same = await world().effectsOf(() => comments.update({ task_id, comment_id, content: 'new secret 🔑' }));
    expect(same).toEqual({ outcome: 'OK', ...nothing });
    const deleted = await world().effectsOf(() => comments.delete({ task_id, comment_id }));
    expect(deleted).toEqual({
      outcome: 'OK',
      activity: [{ ...row, action: 'comment.deleted', details: { author_id: member.id, version: 2, length: 12 } }],
      told: [],
    });
  });

  test('needs the current version where one is given', async () => {
    const { member, creator, task_id } = await scene();
    const { id: comment_id } = await member.api.comments.create({ task_id, content: 'one' });
    await member.api.comments.update({ task_id, comment_id, content: 'two', expected_version: 1 });
    const { comments } = member.api;
    const stale = { outcome: 'STALE_VERSION', ...nothing };
    const expected_version = 1;
    expect(
      await world().effectsOf(() => comments.update({ task_id, comment_id, content: 'three', expected_version })),
    ).toEqual(stale);
    expect(await world().effectsOf(() => comments.delete({ task_id, comment_id, expected_version }))).toEqual(stale);
    expect(await outcomeOf(creator.api.comments.delete({ task_id, comment_id, expected_version }))).toBe('FORBIDDEN');
    expect(await outcomeOf(comments.delete({ task_id, comment_id, expected_version: [1, 2] }))).toBe('OK');
  });

  test('through another task finds nothing, though both are visible', async () => {
    const { member, task_id } = await scene();
    const { id: comment_id } = await member.api.comments.create({ task_id, content: 'one' });
    const { id: other } = await world().task({ by: member });
    const { comments } = member.api;
    expect(await outcomeOf(comments.update({ task_id: other, comment_id, content: 'x' }))).toBe('COMMENT_NOT_FOUND');
    expect(await outcomeOf(comments.delete({ task_id: other, comment_id }))).toBe('COMMENT_NOT_FOUND');
  });
});
