import { expect, test } from 'vitest';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const actionsOf = (page: { items: { action: string }[] }) => page.items.map(({ action }) => action);

test("a task's activity is for whoever sees the task, the newest first, with who, when and from where", async () => {
  const { person, team, task } = world();
  const [ann, bob, stranger] = [await person(), await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const { id: task_id } = await task({ by: ann, team_id, title: 'one' });
  await bob.api.comments.create({ task_id, content: 'x' });
  await ann.api.tasks.update({ task_id, title: 'two' });
  const page = await bob.api.activity.byTask({ task_id });
  expect(actionsOf(page)).toEqual(['task.updated', 'comment.created', 'task.created']);
  expect(page.items[0]).toEqual({
    id: page.items[0]?.id,
    actor_id: ann.id,
    action: 'task.updated',
    entity_type: 'task',
    entity_id: task_id,
    task_id,
    team_id,
    details: { title: { before: 'one', after: 'two' } },
    ip_address: null,
    created_at: page.items[0]?.created_at,
  });
  expect((await bob.api.activity.byTask({ task_id, page: 2, size: 2 })).items).toEqual(page.items.slice(2));
  expect(await outcomeOf(stranger.api.activity.byTask({ task_id }))).toBe('TASK_NOT_FOUND');
});

test('from where somebody did something is for themselves, and for admins', async () => {
  const { person, admin, team, task } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const { id: task_id } = await task({ by: ann, team_id });
  await bob.api.comments.create({ task_id, content: 'x' });
  const addresses = async ({ api }: typeof ann) =>
    (await api.activity.byTask({ task_id })).items.map(({ ip_address }) => ip_address);
  expect(await addresses(ann)).toEqual([null, '192.0.2.1']);
  expect(await addresses(bob)).toEqual(['192.0.2.1', null]);
  expect(await addresses(root)).toEqual(['192.0.2.1', '192.0.2.1']);
});

test('mine is what I did, not what was done to me', async () => {
  const { person, task } = world();
  const [ann, bob] = [await person(), await person()];
  await task({ by: ann, assigned_to_id: bob.id });
  expect(actionsOf(await ann.api.activity.mine({}))).toEqual(['task.created']);
  expect(await bob.api.activity.mine({})).toMatchObject({ items: [], total: 0 });
});

test('mine follows the tasks out of sight; for an admin everything is in sight', async () => {
  const { person, admin, team, task } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const { id: task_id } = await task({ by: bob, team_id });
  await root.api.comments.create({ task_id, content: 'x' });
  await ann.api.teams.removeMember({ team_id, user_id: bob.id });
  expect(actionsOf(await bob.api.activity.mine({}))).toEqual([]);
  expect(actionsOf(await root.api.activity.mine({}))).toEqual(['comment.created']);
});

test('all of it is for admins', async () => {
  const { person, admin, task } = world();
  const [ann, root] = [await person(), await admin()];
  await task({ by: ann });
  const all = await root.api.activity.all({ size: 100 });
  expect(all.items[0]).toMatchObject({ action: 'task.created', actor_id: ann.id });
  expect(all.total).toBe(all.items.length);
  expect(await outcomeOf(ann.api.activity.all({}))).toBe('ADMIN_ONLY');
});
