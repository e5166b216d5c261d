import { until } from '@taskmaster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../testing/realtime-world.ts';
import { createWorld } from '../testing/realtime-world.ts';
import { idsOf, observe } from '../testing/what-reaches.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const { watch, settle, whatReaches } = observe(() => world);

describe('who sees other tasks than before is told to read again, live and resumed', () => {
  test('when a membership begins or ends, and when the team goes', async () => {
    const { createUser, createTeam, addMember, services } = world;
    const [ann, bob, carl] = [await createUser(), await createUser(), await createUser()];
    const [joined, left, lost] = [await createTeam(ann, carl), await createTeam(ann, bob), await createTeam(ann, bob)];
    // Or what made carl a member is news to them.
    await settle();
    const bystander = watch(carl);
    const { resyncs } = await whatReaches(bob, async () => {
      await addMember(ann, joined, bob);
      await services.teams.removeMember(ann, { team_id: left, user_id: bob.actor.id });
      await services.teams.delete(ann, { team_id: lost });
    });
    expect(resyncs).toEqual([3, 3]);
    expect(bystander.items).toEqual([]);
    await bystander.stop();
  });

  test('an admin, who sees every task, when a team goes; once, a member of it or not; not when somebody joins or leaves', async () => {
    const { createUser, createTeam, addMember, services } = world;
    const [root, ann, bob] = [await createUser('admin'), await createUser(), await createUser()];
    const remove = (team_id: string) => () => services.teams.delete(ann, { team_id });
    const [foreign, own, asked, other] = [
      await createTeam(ann),
      await createTeam(ann, root),
      await createTeam(ann),
      await createTeam(ann),
    ];
    const joinAndLeave = async () => {
      await addMember(ann, foreign, bob);
      await services.teams.removeMember(ann, { team_id: foreign, user_id: bob.actor.id });
    };
    expect((await whatReaches(root, joinAndLeave)).resyncs).toEqual([0, 0]);
    expect((await whatReaches(root, remove(foreign))).resyncs).toEqual([1, 1]);
    expect((await whatReaches(root, remove(own))).resyncs).toEqual([1, 1]);
    expect((await whatReaches(root, remove(other), { team_id: asked })).resyncs).toEqual([0, 0]);
    expect((await whatReaches(root, remove(asked), { team_id: asked })).resyncs).toEqual([1, 1]);
  });

  test('of one team: only for that team', async () => {
    const { createUser, createTeam, addMember } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const [asked, other] = [await createTeam(ann), await createTeam(ann)];
    const elsewhere = await whatReaches(bob, () => addMember(ann, other, bob), { team_id: asked });
    const here = await whatReaches(bob, () => addMember(ann, asked, bob), { team_id: asked });
    expect([elsewhere.resyncs, here.resyncs]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('when the role changes, in one team too; not when only the role in the team does', async () => {
    const { createUser, createTeam, services } = world;
    const [root, ann, bob] = [await createUser('admin'), await createUser(), await createUser()];
    const team_id = await createTeam(ann, bob);
    const rise = () => services.users.update(root, { user_id: bob.actor.id, role: 'admin' });
    const manage = () => services.teams.updateMember(ann, { team_id, user_id: bob.actor.id, role: 'manager' });
    expect((await whatReaches(bob, manage)).resyncs).toEqual([0, 0]);
    expect((await whatReaches(bob, rise, { team_id })).resyncs).toEqual([1, 1]);
  });

  test('the event is a position to go on from, as any other', async () => {
    const { createUser, createTeam, createTask } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const before = watch(bob);
    const team_id = await createTeam(ann, bob);
    await until(() => before.items.length === 1, 'the resync');
    await before.stop();
    const task = await createTask(ann, { team_id });
    await settle();
    const after = watch(bob, { lastEventId: before.items[0]?.id ?? '' });
    await until(() => after.positions.length === 1, 'all that was missed');
    expect(after.items.map(({ event }) => event.type)).toEqual(['task']);
    expect(idsOf(after.seen())).toEqual([task.id]);
    await after.stop();
  });
});

test('an admin hears of every task; from the moment of a new role on, or no longer', async () => {
  const { createUser, createTask, services } = world;
  const [root, rising, user] = [await createUser('admin'), await createUser(), await createUser()];
  const watching = watch(rising);
  const ids: string[] = [];
  const create = async () => ids.push((await createTask(user)).id);
  await create();
  await settle();
  await services.users.update(root, { user_id: rising.actor.id, role: 'admin' });
  await create();
  await settle();
  const asAdmin = watching.seen();
  await services.users.update(root, { user_id: rising.actor.id, role: 'user' });
  await create();
  await settle();
  // The context still says what they were; the stream knows better.
  const late = watch({ ...rising, actor: { ...rising.actor, role: 'admin' } });
  await create();
  await settle();
  expect(idsOf(asAdmin)).toContain(ids[1]);
  expect(idsOf(watching.seen())).not.toContain(ids[0]);
  expect(idsOf(watching.seen())).not.toContain(ids[2]);
  expect(idsOf(late.seen())).not.toContain(ids[3]);
  await Promise.all([watching.stop(), late.stop()]);
});
