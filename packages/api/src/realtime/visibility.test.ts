import { notifications, users } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../testing/realtime-world.ts';
import { collect, createWorld } from '../testing/realtime-world.ts';
import { idsOf, observe } from '../testing/what-reaches.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const { watch, settle, whatReaches } = observe(() => world);

describe('tasks of a team', () => {
  test('a member hears of them, a stranger and a former member do not', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob, eve] = [await createUser(), await createUser(), await createUser()];
    const team_id = await createTeam(ann, bob, eve);
    await services.teams.removeMember(ann, { team_id, user_id: eve.actor.id });
    const stranger = await createUser();
    const watches = [watch(bob), watch(eve), watch(stranger)];
    const task = await createTask(ann, { team_id });
    await settle();
    const [member, former, foreign] = watches.map((one) => one.seen());
    expect(member).toEqual([{ action: 'task.created', task_id: task.id, team_id, title: 'a task' }]);
    expect([former, foreign]).toEqual([[], []]);
    await Promise.all(watches.map((one) => one.stop()));
  });

  test('who is removed hears nothing more, of what they had either, live or resumed', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const team_id = await createTeam(ann, bob);
    const { live, resumed } = await whatReaches(bob, async () => {
      await createTask(ann, { team_id, assigned_to_id: bob.actor.id });
      await settle();
      await services.teams.removeMember(ann, { team_id, user_id: bob.actor.id });
      await createTask(ann, { team_id });
    });
    expect(live.map(({ action }) => action)).toEqual(['task.created']);
    expect(resumed).toEqual([]);
  });

  test('who is added hears of what happens from then on', async () => {
    const { createUser, createTeam, createTask, services, addMember } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const team_id = await createTeam(ann);
    const tasks: string[] = [];
    const create = async () => tasks.push((await createTask(ann, { team_id })).id);
    const { live, resumed } = await whatReaches(bob, async () => {
      await create();
      await addMember(ann, team_id, bob);
      await create();
      await services.teams.removeMember(ann, { team_id, user_id: bob.actor.id });
      await create();
      await addMember(ann, team_id, bob);
      await create();
    });
    expect(idsOf(live)).toContain(tasks[3]);
    expect(idsOf(live)).not.toContain(tasks[0]);
    expect(idsOf(live)).not.toContain(tasks[2]);
    expect(idsOf(resumed)).toEqual([tasks[3]]);
  });

  test('moved away: it left the view of the one team, and came into the view of the other', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob, carl] = [await createUser(), await createUser(), await createUser()];
    const [from, to] = [await createTeam(ann, bob), await createTeam(ann, carl)];
    const task = await createTask(ann, { team_id: from, title: 'secret' });
    const move = () => services.tasks.update(ann, { task_id: task.id, team_id: to });
    await settle();
    const newcomer = watch(carl);
    const both = watch(ann, { team_id: from });
    const { live, resumed } = await whatReaches(bob, move);
    const left = { action: 'task.updated', task_id: task.id, team_id: null, title: undefined };
    expect(live).toEqual([left]);
    expect(resumed).toEqual([left]);
    expect(newcomer.seen()).toEqual([{ ...left, team_id: to, title: 'secret' }]);
    expect(both.seen()).toEqual([left]);
    await Promise.all([newcomer.stop(), both.stop()]);
  });

  test('one team only: nothing of others, nothing personal; and nothing of a team that the caller is not in', async () => {
    const { createUser, createTeam, createTask } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const [asked, other] = [await createTeam(ann, bob), await createTeam(ann, bob)];
    const foreign = await createTeam(ann);
    const outsider = watch(bob, { team_id: foreign });
    const admin = watch(await createUser('admin'), { team_id: asked });
    const wanted: string[] = [];
    const change = async () => {
      await createTask(ann, { team_id: other });
      await createTask(ann, { team_id: foreign });
      await createTask(bob);
      wanted.push((await createTask(ann, { team_id: asked })).id);
    };
    const { live, resumed } = await whatReaches(bob, change, { team_id: asked });
    expect(idsOf(live)).toEqual(wanted);
    expect(idsOf(resumed)).toEqual(wanted);
    expect(idsOf(admin.seen())).toEqual(wanted);
    expect(outsider.seen()).toEqual([]);
    await Promise.all([outsider.stop(), admin.stop()]);
  });

  test('one team only, which they have left: nothing of it, whatever else they are a member of', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const [left, other] = [await createTeam(ann, bob), await createTeam(ann, bob)];
    const task = await createTask(ann, { team_id: left });
    await services.teams.removeMember(ann, { team_id: left, user_id: bob.actor.id });
    const move = () => services.tasks.update(ann, { task_id: task.id, team_id: other });
    const { live, resumed } = await whatReaches(bob, move, { team_id: left });
    expect([live, resumed]).toEqual([[], []]);
  });
});

test('every change of a task is told, each by its action', async () => {
  const { createUser, createTask, services } = world;
  const [ann, bob] = [await createUser(), await createUser()];
  const { live, resumed } = await whatReaches(ann, async () => {
    const { id: task_id } = await createTask(ann);
    await services.tasks.update(ann, { task_id, title: 'changed' });
    await services.tasks.archive(ann, { task_id });
    await services.tasks.update(ann, { task_id, is_archived: false });
    await services.tasks.assign(ann, { task_id, assigned_to_id: bob.actor.id });
    await services.tasks.assign(ann, { task_id, assigned_to_id: null });
  });
  const actions = ['created', 'updated', 'archived', 'restored', 'assigned', 'unassigned'].map((it) => `task.${it}`);
  expect(live.map(({ action }) => action)).toEqual(actions);
  expect(resumed.map(({ action }) => action)).toEqual(actions);
});

describe('tasks without a team', () => {
  test('for creator and assignee; who had it learns that it left their view', async () => {
    const { createUser, createTask, services } = world;
    const [ann, bob, carl, eve] = [await createUser(), await createUser(), await createUser(), await createUser()];
    const task = await createTask(ann, { assigned_to_id: bob.actor.id });
    await settle();
    const [mine, next, foreign] = [watch(ann), watch(carl), watch(eve)];
    const assign = () => services.tasks.assign(ann, { task_id: task.id, assigned_to_id: carl.actor.id });
    const { live, resumed } = await whatReaches(bob, assign);
    const event = { action: 'task.assigned', task_id: task.id, team_id: null, title: 'a task' };
    expect(live).toEqual([{ ...event, title: undefined }]);
    expect(resumed).toEqual(live);
    expect(mine.seen()).toEqual([event]);
    expect(next.seen()).toEqual([event]);
    expect(foreign.seen()).toEqual([]);
    await Promise.all([mine, next, foreign].map((one) => one.stop()));
  });

  test('put into a team that the assignee is not in: it left their view', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const team_id = await createTeam(ann);
    const task = await createTask(ann, { assigned_to_id: bob.actor.id });
    const { live, resumed } = await whatReaches(bob, () =>
      services.tasks.update(ann, { task_id: task.id, team_id, assigned_to_id: null }),
    );
    expect(live).toEqual([{ action: 'task.updated', task_id: task.id, team_id: null, title: undefined }]);
    expect(resumed).toEqual(live);
  });

  test('put into the one team that is asked for, which its assignee is not in: nothing', async () => {
    const { createUser, createTeam, createTask, services } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const team_id = await createTeam(ann);
    const task = await createTask(ann, { assigned_to_id: bob.actor.id });
    const move = () => services.tasks.update(ann, { task_id: task.id, team_id, assigned_to_id: null });
    const { live, resumed } = await whatReaches(bob, move, { team_id });
    expect([live, resumed]).toEqual([[], []]);
  });

  test('the newest state is shown, whatever the event was; nothing of one that has since become hidden', async () => {
    const { createUser, createTask, services } = world;
    const [ann, bob, carl] = [await createUser(), await createUser(), await createUser()];
    const position = watch(bob);
    const first = await createTask(ann, { assigned_to_id: bob.actor.id });
    await until(() => position.items.length === 1, 'a position');
    await position.stop();
    const task_id = first.id;
    await services.tasks.update(ann, { task_id, title: 'second' });
    await services.tasks.update(ann, { task_id, assigned_to_id: carl.actor.id });
    await services.tasks.update(ann, { task_id, title: 'third, and secret' });
    const resumed = watch(bob, { lastEventId: position.items[0]?.id ?? '' });
    await until(() => resumed.positions.length === 1, 'all that was missed');
    await settle();
    expect(resumed.seen()).toEqual([{ action: 'task.assigned', task_id, team_id: null, title: undefined }]);
    await resumed.stop();
  });
});

describe('notifications', () => {
  test("only my own; what speaks of a team's task only while I am in the team; of the team itself, always", async () => {
    const { createUser, createTeam, createTask, db, hub } = world;
    const [ann, bob, root] = [await createUser(), await createUser(), await createUser('admin')];
    const [mine, foreign] = [await createTeam(ann, bob), await createTeam(ann)];
    const personal = await createTask(bob);
    const ours = await createTask(ann, { team_id: mine });
    const theirs = await createTask(ann, { team_id: foreign });
    // That bob was added is read before anybody listens.
    await settle();
    const collected = [bob, root].map((user) => collect((signal) => hub.watchNotifications(user, undefined, signal)));
    const rows = [
      { user_id: bob.actor.id, type: 'task_updated', title: 'personal', task_id: personal.id, team_id: null },
      { user_id: bob.actor.id, type: 'task_updated', title: 'my team', task_id: ours.id, team_id: mine },
      { user_id: bob.actor.id, type: 'task_updated', title: 'hidden', task_id: theirs.id, team_id: foreign },
      { user_id: bob.actor.id, type: 'team_removed', title: 'removed', team_id: foreign },
      { user_id: root.actor.id, type: 'task_updated', title: 'to an admin', task_id: theirs.id, team_id: foreign },
    ] as const;
    await db.insert(notifications).values(rows.map((row) => ({ id: uuidv7(), ...row })));
    hub.wake();
    await until(() => collected.every(({ items }) => items.length > 0), 'the first of each');
    await settle();
    const titles = collected.map(({ items }) =>
      items.map(({ event }) => event.type === 'notification' && event.data.title),
    );
    expect(titles).toEqual([['personal', 'my team', 'removed'], ['to an admin']]);

    const [first] = collected[0]?.items ?? [];
    const again = collect((signal) => hub.watchNotifications(bob, { lastEventId: first?.id }, signal));
    await until(() => again.positions.length === 1, 'all that was missed');
    expect(again.items.map(({ id }) => id)).toEqual(collected[0]?.items.slice(1).map(({ id }) => id));
    await Promise.all([...collected, again].map((one) => one.stop()));
  });
});

test('a user who is not there any more in the way that the event says is no reason to stop', async () => {
  const { createUser, createTask, db, hub } = world;
  const user = await createUser();
  const watching = watch(user);
  await db.update(users).set({ full_name: 'changed behind the back of the log' }).where(eq(users.id, user.actor.id));
  const { id } = await createTask(user);
  await until(() => watching.items.length === 1, 'the event');
  expect(idsOf(watching.seen())).toEqual([id]);
  expect(hub.stats().readErrors).toBe(0);
  await watching.stop();
});
