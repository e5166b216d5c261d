import { notifications } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from '../activity/activity.repository.ts';
import { bothStreams } from '../testing/both-streams.ts';
import type { World } from '../testing/realtime-world.ts';
import { collect, createWorld, holdOpen, told, untilReadable } from '../testing/realtime-world.ts';
import { createMemoryChannel } from './bus/memory-bus.ts';
import type { Revocation } from './revocations.ts';

/** What one read of a hub brings, and when it reads: a quiet hub is woken by the test alone. */

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const streams = Object.values(bothStreams(() => world));

test('changes of tasks that are gone with their team are told to nobody, and hold nobody up, live or resumed', async () => {
  const { createUser, createTeam, createTask, services } = world;
  const [ann, bob] = [await createUser(), await createUser()];
  const team_id = await createTeam(ann, bob);
  const hub = await world.startQuietHub();
  const live = collect((signal) => hub.watchTasks(bob, undefined, signal));
  await until(() => live.positions.length === 1, 'a position');
  await createTask(ann, { team_id, assigned_to_id: bob.actor.id });
  await services.teams.delete(ann, { team_id });
  const { id } = await createTask(bob);
  hub.wake();
  await until(() => told(live).includes(id), 'what came after it');
  const resumed = collect((signal) => hub.watchTasks(bob, { lastEventId: live.positions[0] }, signal));
  await Promise.race([resumed.failure, until(() => resumed.positions.length === 1, 'all that was missed')]);
  await Promise.all([live.stop(), resumed.stop()]);
  await hub.stop();
  expect([live, resumed].map(told)).toEqual([
    ['resync', id],
    ['resync', id],
  ]);
});

test('who is no admin any more hears nothing of others that the same read brings', async () => {
  const { createUser, createTeam, createTask, services } = world;
  const [root, former, ann] = [await createUser('admin'), await createUser('admin'), await createUser()];
  const team_id = await createTeam(ann);
  const hub = await world.startQuietHub();
  const [theirs, roots] = [former, root].map((user) => collect((signal) => hub.watchTasks(user, undefined, signal)));
  if (!theirs || !roots) throw new Error('two watch');
  await until(() => [theirs, roots].every(({ positions }) => positions.length === 1), 'two positions');
  await services.users.update(root, { user_id: former.actor.id, role: 'user' });
  const { id } = await createTask(ann);
  await services.teams.delete(ann, { team_id });
  hub.wake();
  await until(() => roots.items.length === 2, 'both, to an admin');
  await Promise.all([theirs.stop(), roots.stop()]);
  await hub.stop();
  expect(told(roots)).toEqual([id, 'resync']);
  expect(told(theirs)).toEqual(['resync']);
});

test('a new role holds for the rest of a catch-up, too', async () => {
  const { createUser, createTeam, createTask, services, db } = world;
  const [root, former, ann] = [await createUser('admin'), await createUser('admin'), await createUser()];
  const team_id = await createTeam(ann);
  const { id: task_id } = await createTask(ann, { team_id });
  const hub = world.createHubOn(world.channel.connect(), { catchUpRows: 2 });
  await hub.start();
  const before = collect((signal) => hub.watchNotifications(former, undefined, signal));
  await until(() => before.positions.length === 1, 'a position');
  const about = { user_id: former.actor.id, type: 'task_updated', title: 'of others', task_id, team_id } as const;
  await db.insert(notifications).values(Array.from({ length: 4 }, () => ({ id: uuidv7(), ...about })));
  hub.wake();
  await until(() => before.items.length === 4, 'four notifications');
  await before.stop();

  const asUser = collect((signal) => hub.watchTasks(former, undefined, signal));
  const input = { lastEventId: before.positions[0] };
  const resumed = hub.watchNotifications(former, input, AbortSignal.timeout(20_000));
  const next = async () => (await resumed.next()).value?.[1].type;
  expect([await next(), await next()]).toEqual(['notification', 'notification']);
  await services.users.update(root, { user_id: former.actor.id, role: 'user' });
  await until(() => asUser.items.length === 1, 'the new role');
  expect(await next()).toBe('live');
  await resumed.return();
  await asUser.stop();
  await hub.stop();
});

test.each(streams)(
  'more rows than one read brings are read at once, one read after the other ($stream)',
  async (it) => {
    const user = await world.createUser();
    const hub = await world.startQuietHub({ rowsAtOnce: 2 });
    const watching = it.watch(hub, user);
    await until(() => watching.positions.length === 1, 'a position');
    const ids = await it.write(user, 9);
    await untilReadable(world);
    hub.wake();
    await until(() => watching.items.length === 9, 'all of them');
    await watching.stop();
    await hub.stop();
    expect(told(watching)).toEqual(ids);
  },
);

test.each(streams)('what waits behind an open transaction is told soon after it ends ($stream)', async (it) => {
  const user = await world.createUser();
  const hub = await world.startQuietHub();
  const watching = it.watch(hub, user);
  await until(() => watching.positions.length === 1, 'a position');
  const open = await holdOpen(world);
  const { reads } = hub.stats();
  const ids = await it.write(user, 1);
  hub.wake();
  // Its own wake-up comes back to it.
  await until(() => hub.stats().reads >= reads + 2, 'reads that must not tell of it');
  expect(watching.items).toEqual([]);
  await open.release();
  await until(() => watching.items.length === 1, 'it, without another wake-up');
  await watching.stop();
  await hub.stop();
  expect(told(watching)).toEqual(ids);
});

test('a process that starts beside an open transaction tells of what that commits', async () => {
  const user = await world.createUser();
  const [id, session_id] = [uuidv7(), uuidv7()];
  await untilReadable(world);
  const open = await holdOpen(world, async (tx) => {
    await tx.insert(notifications).values({ id, user_id: user.actor.id, type: 'team_added', title: 'hello' });
    const reuse = { action: 'session.reuse_detected', entity_type: 'session', entity_id: session_id } as const;
    await record(tx, user, reuse);
  });
  // Or the end of what PostgreSQL knows of would lie before it.
  await world.createUser();
  const hub = world.createQuietHub();
  const heard: Revocation[] = [];
  hub.onRevocation((revocation) => heard.push(revocation));
  await hub.start();
  const watching = collect((signal) => hub.watchNotifications(user, undefined, signal));
  await until(() => watching.positions.length === 1, 'a position');
  await open.release();
  hub.wake();
  await until(() => watching.items.length === 1 && heard.length === 1, 'both');
  await watching.stop();
  await hub.stop();
  expect(told(watching)).toEqual([id]);
  expect(heard).toEqual([{ kind: 'session', session_id }]);
});

test('a write at one process is heard at another by its wake-up, without a poll', async () => {
  const channel = createMemoryChannel();
  await untilReadable(world);
  const [here, there] = [1, 2].map(() => world.createHubOn(channel.connect(), { pollMs: 60_000 }));
  if (!here || !there) throw new Error('two processes');
  await Promise.all([here.start(), there.start()]);
  const user = await world.createUser();
  const watching = collect((signal) => there.watchTasks(user, undefined, signal));
  await until(() => watching.positions.length === 1, 'a position');
  const { id } = await world.createTask(user);
  here.wake();
  await until(() => watching.items.length === 1, 'the event');
  await watching.stop();
  await Promise.all([here.stop(), there.stop()]);
  expect(told(watching)).toEqual([id]);
});
