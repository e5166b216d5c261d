import { notifications } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Person } from '../testing/people.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

/** Bob, with this many notices. */
async function told(count: number) {
  const { person, task } = world();
  const [ann, bob] = [await person(), await person()];
  for (let i = 0; i < count; i++) await task({ by: ann, title: `task ${i}`, assigned_to_id: bob.id });
  return { ann, bob };
}

const list = (who: Person) => who.api.notifications.list({ size: 100 });

test('mine, the newest first, in pages, and none of others', async () => {
  const { ann, bob } = await told(3);
  const page = await list(bob);
  expect(page).toMatchObject({ total: 3 });
  expect(page.items.map(({ title }) => title)).toEqual([2, 1, 0].map((i) => `You were assigned “task ${i}”`));
  expect(page.items[0]).toMatchObject({ user_id: bob.id, type: 'task_assigned', is_read: false, read_at: null });
  expect((await bob.api.notifications.list({ page: 2, size: 2 })).items).toEqual(page.items.slice(2));
  expect(await list(ann)).toMatchObject({ total: 0 });
});

test('reading one: it keeps the time at which it was first read, and the others stay unread', async () => {
  const { bob } = await told(2);
  const [newest] = (await list(bob)).items;
  const notification_id = newest?.id ?? '';
  const read = await bob.api.notifications.markRead({ notification_id });
  expect(read).toEqual({ ...newest, is_read: true, read_at: read.read_at });
  expect(read.read_at).not.toBeNull();
  expect(await bob.api.notifications.markRead({ notification_id })).toEqual(read);
  expect((await list(bob)).items.map(({ is_read }) => is_read)).toEqual([true, false]);
});

test('reading is recorded nowhere: it is private', async () => {
  const { bob } = await told(2);
  const [newest] = (await list(bob)).items;
  const quiet = { outcome: 'OK', activity: [], told: [] };
  const { markRead, markAllRead } = bob.api.notifications;
  expect(await world().effectsOf(() => markRead({ notification_id: newest?.id ?? '' }))).toEqual(quiet);
  expect(await world().effectsOf(() => markAllRead())).toEqual(quiet);
});

test('reading all says how many were unread, and touches nobody else', async () => {
  const { ann, bob } = await told(3);
  await world().task({ by: bob, assigned_to_id: ann.id });
  await bob.api.notifications.markRead({ notification_id: (await list(bob)).items[0]?.id ?? '' });
  const before = await list(bob);
  expect(await bob.api.notifications.markAllRead()).toEqual({ updated: 2 });
  expect(await bob.api.notifications.markAllRead()).toEqual({ updated: 0 });
  const after = await list(bob);
  expect(after.items.every(({ is_read, read_at }) => is_read && read_at !== null)).toBe(true);
  expect(after.items[0]).toEqual(before.items[0]);
  expect((await list(ann)).items.map(({ is_read }) => is_read)).toEqual([false]);
});

test('those of others are not found, by an admin neither', async () => {
  const { ann, bob } = await told(1);
  const root = await world().admin();
  const notification_id = (await list(bob)).items[0]?.id ?? '';
  for (const { api } of [ann, root]) {
    expect(await outcomeOf(api.notifications.markRead({ notification_id }))).toBe('NOTIFICATION_NOT_FOUND');
  }
  expect((await list(bob)).items[0]).toMatchObject({ is_read: false });
});

test('reading all beside new ones: each is either counted and read, or unread', async () => {
  const { ann, bob } = await told(5);
  const work = Array.from({ length: 10 }, (_, i) => i);
  const counts = await Promise.all(
    work.map(async (i) => {
      await world().task({ by: ann, title: `new ${i}`, assigned_to_id: bob.id });
      return i % 2 ? (await bob.api.notifications.markAllRead()).updated : 0;
    }),
  );
  const rows = await world().db.select().from(notifications).where(eq(notifications.user_id, bob.id));
  const read = rows.filter(({ is_read }) => is_read);
  expect(rows).toHaveLength(15);
  expect(read).toHaveLength(counts.reduce((sum, updated) => sum + updated, 0));
  for (const { read_at, created_at } of read) expect(read_at?.getTime()).toBeGreaterThanOrEqual(created_at.getTime());
  await bob.api.notifications.markAllRead();
  expect((await list(bob)).items.filter(({ is_read }) => !is_read)).toEqual([]);
});

test("of a team's task a notice is read by members, and again by who came back", async () => {
  const { person, team, task } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const { id: task_id } = await task({ by: ann, team_id, assigned_to_id: bob.id });
  await ann.api.tasks.assign({ task_id, assigned_to_id: null });
  const types = async () => (await list(bob)).items.map(({ type }) => type);
  expect(await types()).toEqual(['task_unassigned', 'task_assigned', 'team_added']);
  await ann.api.teams.removeMember({ team_id, user_id: bob.id });
  expect(await types()).toEqual(['team_removed', 'team_added']);
  expect(await list(bob)).toMatchObject({ total: 2 });
  await ann.api.teams.addMember({ team_id, user_id: bob.id });
  expect(await types()).toEqual(['team_added', 'team_removed', 'task_unassigned', 'task_assigned', 'team_added']);
});

test('what speaks of a task goes out of sight with the task, wherever it is moved; that it was taken away stays', async () => {
  const { person, task, team } = world();
  const [ann, bob] = [await person(), await person()];
  const personal = await task({ by: ann, assigned_to_id: bob.id });
  expect(await list(bob)).toMatchObject({ total: 1 });
  const { id: team_id } = await team({ owner: ann });
  await ann.api.tasks.update({ task_id: personal.id, team_id, assigned_to_id: null });
  expect(await list(bob)).toMatchObject({ total: 0 });

  const lost = await task({ by: ann, assigned_to_id: bob.id });
  await ann.api.tasks.assign({ task_id: lost.id, assigned_to_id: null });
  expect((await list(bob)).items.map(({ type }) => type)).toEqual(['task_unassigned']);
  expect(await bob.api.notifications.markAllRead()).toEqual({ updated: 1 });
});

test('nothing is kept for who does not see the task at that moment: it is not there when they come back', async () => {
  const { admin, person, task, team, effectsOf } = world();
  const [ann, bob, carl, root] = [await person(), await person(), await person(), await admin()];
  const { id: team_id } = await team({ owner: ann, members: [bob, carl] });
  const { id: task_id } = await task({ by: bob, team_id });
  const ofRoot = await task({ by: root, team_id });
  await bob.api.comments.create({ task_id, content: 'from one who leaves' });
  await bob.api.teams.removeMember({ team_id, user_id: bob.id });

  const edit = (id: string) => () => ann.api.tasks.update({ task_id: id, status: 'in_progress' });
  const say = (id: string) => () => ann.api.comments.create({ task_id: id, content: 'said while bob was out' });
  const assign = () => ann.api.tasks.assign({ task_id, assigned_to_id: carl.id });
  expect((await effectsOf(edit(task_id))).told).toEqual([]);
  expect((await effectsOf(say(task_id))).told).toEqual([]);
  expect((await effectsOf(assign)).told).toEqual([[carl.id, 'task_assigned']]);
  expect((await effectsOf(edit(ofRoot.id))).told).toEqual([[root.id, 'task_updated']]);
  await ann.api.teams.addMember({ team_id, user_id: bob.id });
  expect((await list(bob)).items.map(({ type }) => type)).toEqual(['team_added', 'team_added']);
  expect((await effectsOf(say(task_id))).told).toEqual([
    [bob.id, 'task_commented'],
    [carl.id, 'task_commented'],
  ]);
});

test('who had a task of their team is told nothing where it is put out of their sight', async () => {
  const { person, task, team, effectsOf } = world();
  const [ann, bob, carl] = [await person(), await person(), await person()];
  const [from, to] = [await team({ owner: ann, members: [bob] }), await team({ owner: ann, members: [carl] })];
  const { id: task_id } = await task({ by: ann, team_id: from.id, assigned_to_id: bob.id });
  const move = () => ann.api.tasks.update({ task_id, team_id: to.id, assigned_to_id: carl.id });
  expect((await effectsOf(move)).told).toEqual([[carl.id, 'task_assigned']]);
});
