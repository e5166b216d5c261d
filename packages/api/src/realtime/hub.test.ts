import { notifications } from '@taskmaster/core/tables';
import { asc, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeMark, tagOf } from './event-id.ts';
import { asOf } from './position.ts';
import { readBatch, readHead } from './read-batch.ts';
import type { World } from '../testing/realtime-world.ts';
import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { bothStreams } from '../testing/both-streams.ts';
import { collect, createWorld, told } from '../testing/realtime-world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const streams = Object.values(bothStreams(() => world));

test('16 writers that commit in another order than they wrote: all of it, once, in the order of the stream', async () => {
  const reader = await world.createUser();
  const { hub, db } = world;
  const watching = collect((signal) => hub.watchNotifications(reader, undefined, signal));
  const first = watching.items.length;
  const user_id = reader.actor.id;
  const write = (delayMs: number) =>
    db.transaction(async (tx) => {
      await tx.insert(notifications).values({ id: uuidv7(), user_id, type: 'team_added', title: 'hello' });
      await sleep(delayMs);
    });
  const writers = Array.from({ length: 16 }, async () => {
    for (let i = 0; i < 20; i++) {
      await write(Math.random() * 15);
      hub.wake();
    }
  });
  await Promise.all(writers);
  await until(() => watching.items.length >= 320, 'every notification');
  await sleep(100);
  await watching.stop();
  const rows = await db
    .select({ id: notifications.id })
    .from(notifications)
    .where(eq(notifications.user_id, user_id))
    .orderBy(asc(notifications.xid), asc(notifications.seq));
  const received = watching.items.slice(first).map(({ event }) => event.type === 'notification' && event.data.id);
  expect(received).toEqual(rows.map(({ id }) => id));
  expect(new Set(watching.items.map(({ id }) => id)).size).toBe(320);
});

test('what was missed and what comes join without a gap and without a doubled event, at any moment', async () => {
  const { hub, services, createUser, createTeam, createTask } = world;
  const [ann, bob] = [await createUser(), await createUser()];
  const team_id = await createTeam(ann, bob);
  const all = collect((signal) => hub.watchTasks(bob, undefined, signal));
  const state = { isWriting: true };
  const writers = Array.from({ length: 4 }, async () => {
    while (state.isWriting) {
      const { id } = await createTask(ann, { team_id });
      await services.tasks.update(ann, { task_id: id, title: 'changed' });
    }
  });
  const received: string[] = [];
  for (let cut = 0; cut < 20 || received.length <= 20; cut++) {
    const lastEventId = received.at(-1);
    const watching = collect((signal) => hub.watchTasks(bob, { lastEventId: lastEventId ?? all.items[0]?.id }, signal));
    await sleep(Math.random() * 40);
    await watching.stop();
    received.push(...watching.items.map(({ id }) => id));
    if (received.length === 0) await sleep(20);
  }
  state.isWriting = false;
  await Promise.all(writers);
  await sleep(50);
  await all.stop();
  const expected = all.items.map(({ id }) => id);
  const from = expected.indexOf(received[0] ?? '');
  expect(received).toEqual(expected.slice(from, from + received.length));
});

test('a subscription that was cut before its first event resumes from where it began', async () => {
  const { hub, createUser, createTask } = world;
  const user = await createUser();
  const cut = collect((signal) => hub.watchTasks(user, undefined, signal));
  await until(() => cut.positions.length === 1, 'a position');
  await cut.stop();
  const missed = await createTask(user);
  const resumed = collect((signal) => hub.watchTasks(user, { lastEventId: cut.positions[0] }, signal));
  await until(() => resumed.items.length === 1, 'what was missed');
  expect(cut.items).toEqual([]);
  expect(resumed.items.map(({ event }) => event.type === 'task' && event.task_id)).toEqual([missed.id]);
  await resumed.stop();
});

test.each(streams)(
  'a position that another process has reached and this one has not: honoured, nothing doubled ($stream)',
  async ({ watch, write }) => {
    const user = await world.createUser();
    const behind = await world.startQuietHub();
    const all = watch(world.hub, user);
    await write(user, 3);
    await until(() => all.items.length === 3, 'three events');
    const resumed = watch(behind, user, all.items[1]?.id);
    await until(() => resumed.positions.length === 1, 'all that it can know of');
    // Its `live` is the farther of the two places: whoever is cut here goes on from there, anywhere.
    const elsewhere = watch(world.hub, user, resumed.positions[0]);
    await until(() => elsewhere.positions.length === 1, 'all that was missed');
    await write(user, 1);
    behind.wake();
    const watching = [all, resumed, elsewhere];
    await until(() => watching.every((one) => told(one).at(-1) === told(all)[3]), 'the fourth event');
    await Promise.all(watching.map((one) => one.stop()));
    await behind.stop();
    expect(watching.map(told)).toEqual([told(all), told(all).slice(2), told(all).slice(2)]);
  },
);

test('a read that was cut off ends on a row, and that is a position, too', async () => {
  const { db, hub, createUser, createTask } = world;
  const user = await createUser();
  const head = await readHead(db, 5_000);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await createTask(user)).id);
  const options = { wants: { notifications: true, tasks: true }, rowsAtOnce: 2, deadlineMs: 5_000 };
  const { cursors } = await readBatch(db, { notifications: head, activity: head }, options);
  expect(cursors.activity.seq).not.toBe(0n);
  const lastEventId = encodeMark('tasks', asOf(cursors.activity, Date.now())) + tagOf(user.actor.id);
  const resumed = collect((signal) => hub.watchTasks(user, { lastEventId }, signal));
  // Not for the position: what the hub itself has not read yet comes after it, live.
  await until(() => resumed.items.length >= 2, 'all that was missed');
  await resumed.stop();
  expect(resumed.items.map(({ event }) => event.type === 'task' && event.task_id)).toEqual(ids.slice(2));
});

test('long catch-up: many pages, with writes going on, then live', async () => {
  const { hub, createUser, createTeam, createTask } = world;
  const [ann, bob] = [await createUser(), await createUser()];
  const team_id = await createTeam(ann, bob);
  const before = collect((signal) => hub.watchTasks(bob, undefined, signal));
  const ids: string[] = [];
  const create = async () => ids.push((await createTask(ann, { team_id })).id);
  await create();
  const isTask = ({ event }: (typeof before.items)[number]) => event.type === 'task';
  await until(() => before.items.some(isTask), 'the first event');
  await before.stop();
  const small = world.createHubOn(world.channel.connect(), { catchUpRows: 7 });
  await small.start();
  for (let i = 0; i < 60; i++) await create();
  const lastEventId = before.items.find(isTask)?.id;
  const after = collect((signal) => small.watchTasks(bob, { lastEventId }, signal));
  for (let i = 0; i < 20; i++) await create();
  await until(() => after.items.length >= 80, 'all of it');
  await after.stop();
  await small.stop();
  expect(after.items.map(({ event }) => event.type === 'task' && event.task_id)).toEqual(ids.slice(1));
});

test('while somebody catches up, what comes meanwhile does not pile up', async () => {
  const { hub, createUser, createTask } = world;
  const user = await createUser();
  const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
  for (let i = 0; i < 9; i++) await createTask(user);
  await until(() => watching.items.length === 9, 'nine events');
  await watching.stop();
  const tight = world.createHubOn(world.channel.connect(), { catchUpRows: 2, maxQueuedEvents: 2 });
  await tight.start();
  const slow = tight.watchTasks(user, { lastEventId: watching.items[0]?.id }, AbortSignal.timeout(10_000));
  const received: string[] = [];
  let written = 0;
  while (received.length < 15) {
    const next = await slow.next();
    if (next.done) break;
    received.push(next.value[0]);
    if (received.length % 2 === 1) continue;
    await createTask(user);
    written++;
    await until(() => tight.stats().delivered === written, 'it to be handed out');
  }
  await slow.return();
  await tight.stop();
  expect(new Set(received).size).toBe(15);
});

test('a subscription ends with its signal, wherever it is, and leaves nothing behind', async () => {
  const { hub, createUser } = world;
  const user = await createUser();
  const before = hub.stats().subscriptions;
  const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
  const early = collect((signal) => hub.watchTasks(user, { lastEventId: 'x' }, signal));
  expect(hub.stats().subscriptions.tasks).toBe(before.tasks + 2);
  await early.stop();
  await watching.stop();
  expect(hub.stats().subscriptions).toEqual(before);
});

test('what is queued when its signal comes is not told', async () => {
  const { hub, createUser, createTask } = world;
  const user = await createUser();
  const abort = new AbortController();
  const watching = hub.watchTasks(user, undefined, abort.signal);
  expect((await watching.next()).value?.[1]).toEqual({ type: 'live' });
  const { delivered } = hub.stats();
  await createTask(user);
  await until(() => hub.stats().delivered > delivered, 'it to be queued');
  abort.abort();
  expect((await watching.next()).done).toBe(true);
});

test.each(streams)(
  'before the hub has read there is no subscription; when it stops, each ends ($stream)',
  async (it) => {
    const user = await world.createUser();
    const hub = world.createQuietHub();
    expect(await it.watch(hub, user).failure).toMatchObject({ code: 'UNAVAILABLE' });
    await hub.start();
    const watching = it.watch(hub, user);
    await until(() => watching.positions.length === 1, 'a position');
    await hub.stop();
    expect(await watching.failure).toBeUndefined();
  },
);

test('a reader that does not read is ended, and the others go on', async () => {
  const { createUser, createTask } = world;
  const user = await createUser();
  const hub = world.createHubOn(world.channel.connect(), { maxQueuedEvents: 5 });
  await hub.start();
  const slow = hub.watchTasks(user, undefined, AbortSignal.timeout(20_000));
  const first = slow.next();
  const quick = collect((signal) => hub.watchTasks(user, undefined, signal));
  for (let count = 1; count <= 10; count++) {
    await createTask(user);
    await until(() => quick.items.length === count, `event ${count}`);
  }
  expect((await first).done).toBe(false);
  await expect(slow.next()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await quick.stop();
  expect(hub.stats().subscriptions.tasks).toBe(0);
  await hub.stop();
});
