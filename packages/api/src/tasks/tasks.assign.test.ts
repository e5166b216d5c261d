import { users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { refusedFields } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { untilWaiting } from '../testing/waiting.ts';

const world = useTestWorld();

async function scene() {
  const { person, team, task } = world();
  const [ann, bob, carl] = [await person(), await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob, carl] });
  const { id: task_id } = await task({ by: ann, team_id });
  return { ann, bob, carl, team_id, task_id };
}

test('assigning, handing on and taking away: one row each, and those are told whom it concerns', async () => {
  const { ann, bob, carl, task_id, team_id } = await scene();
  const row = { actor_id: ann.id, entity_type: 'task', entity_id: task_id, task_id, team_id };

  const assigned = await world().effectsOf(() => ann.api.tasks.assign({ task_id, assigned_to_id: bob.id }));
  const details = { assigned_to_id: { before: null, after: bob.id } };
  expect(assigned).toEqual({
    outcome: 'OK',
    activity: [{ ...row, action: 'task.assigned', details }],
    told: [[bob.id, 'task_assigned']],
  });

  const handedOn = await world().effectsOf(() => ann.api.tasks.assign({ task_id, assigned_to_id: carl.id }));
  expect(handedOn.activity).toEqual([
    { ...row, action: 'task.assigned', details: { assigned_to_id: { before: bob.id, after: carl.id } } },
  ]);
  expect(new Map(handedOn.told)).toEqual(
    new Map([
      [bob.id, 'task_unassigned'],
      [carl.id, 'task_assigned'],
    ]),
  );

  const takenAway = await world().effectsOf(() => ann.api.tasks.assign({ task_id, assigned_to_id: null }));
  expect(takenAway.activity).toEqual([
    { ...row, action: 'task.unassigned', details: { assigned_to_id: { before: carl.id, after: null } } },
  ]);
  expect(takenAway.told).toEqual([[carl.id, 'task_unassigned']]);
});

test('whoever the task is taken from is told of it by the name that they knew', async () => {
  const { person, task } = world();
  const [ann, bob, carl] = [await person(), await person(), await person()];
  const { id: task_id } = await task({ by: ann, title: 'old name', assigned_to_id: bob.id });
  await ann.api.tasks.update({ task_id, title: 'new name', assigned_to_id: carl.id });
  const titlesOf = async ({ api }: typeof bob) => (await api.notifications.list()).items.map(({ title }) => title);
  expect((await titlesOf(bob))[0]).toBe('“old name” was taken from you');
  expect(await titlesOf(carl)).toEqual(['You were assigned “new name”']);
});

test('assigning to the one who has it already changes nothing', async () => {
  const { ann, bob, task_id } = await scene();
  await ann.api.tasks.assign({ task_id, assigned_to_id: bob.id });
  const again = await world().effectsOf(() => ann.api.tasks.assign({ task_id, assigned_to_id: bob.id }));
  expect(again).toEqual({ outcome: 'OK', activity: [], told: [] });
});

test("a team's task goes to members of the team only, admins included", async () => {
  const { person, admin } = world();
  const { ann, task_id } = await scene();
  for (const { id } of [await person(), await admin()]) {
    expect(await refusedFields(ann.api.tasks.assign({ task_id, assigned_to_id: id }))).toEqual([
      'assigned_to_id: not_a_member',
    ]);
  }
});

test('a task without a team goes to any active user, who sees it then, and sees it no more when it is taken away', async () => {
  const { person, task } = world();
  const [ann, bob, gone] = [await person(), await person(), await person({ is_active: false })];
  const { id: task_id } = await task({ by: ann });
  expect(await refusedFields(ann.api.tasks.assign({ task_id, assigned_to_id: gone.id }))).toEqual([
    'assigned_to_id: unknown_user',
  ]);
  await ann.api.tasks.assign({ task_id, assigned_to_id: bob.id });
  expect(await bob.api.tasks.list({})).toMatchObject({ items: [{ id: task_id }], total: 1 });
  await ann.api.tasks.assign({ task_id, assigned_to_id: null });
  expect(await bob.api.tasks.list({})).toMatchObject({ items: [], total: 0 });
});

describe('a deactivated user', () => {
  test('is assigned nothing: no task of a team that they are in, and none of their own', async () => {
    const { ann, bob, task_id, team_id } = await scene();
    const admin = await world().admin();
    const personal = await world().task({ by: ann });
    await admin.api.users.deactivate({ user_id: bob.id });
    const unknown = ['assigned_to_id: unknown_user'];
    for (const id of [task_id, personal.id]) {
      expect(await refusedFields(ann.api.tasks.assign({ task_id: id, assigned_to_id: bob.id }))).toEqual(unknown);
    }
    const create = ann.api.tasks.create({ title: 'for bob', team_id, assigned_to_id: bob.id });
    expect(await refusedFields(create)).toEqual(unknown);
  });

  test('is not assigned one in the moment of the deactivation either', async () => {
    const { db, owner } = world();
    const { ann, bob, task_id } = await scene();
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const { promise: held, resolve: holds } = Promise.withResolvers<undefined>();
    const deactivation = db.transaction(async (tx) => {
      await tx.update(users).set({ is_active: false }).where(eq(users.id, bob.id));
      holds(undefined);
      await released;
    });
    await held;
    const assignment = refusedFields(ann.api.tasks.assign({ task_id, assigned_to_id: bob.id }));
    await untilWaiting(owner);
    release(undefined);
    await deactivation;
    expect(await assignment).toEqual(['assigned_to_id: unknown_user']);
  });
});
