import { notifications } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActorContext } from '../shared/context.ts';
import { bothStreams } from '../testing/both-streams.ts';
import { withTransaction } from '../testing/database-doubles.ts';
import type { World } from '../testing/realtime-world.ts';
import { collect, createWorld, told } from '../testing/realtime-world.ts';
import { decodeEventId, encodeMark, tagOf } from './event-id.ts';
import type { Hub } from './hub.ts';
import { readHead } from './read-batch.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const streams = Object.values(bothStreams(() => world));

const firstOf = async (watching: ReturnType<typeof collect>) => {
  await until(() => watching.items.length > 0, 'the first event');
  await watching.stop();
  return watching;
};

async function oneNotification(user: ActorContext) {
  const { db, hub } = world;
  const watching = collect((signal) => hub.watchNotifications(user, undefined, signal));
  const row = { id: uuidv7(), user_id: user.actor.id, type: 'team_added', title: 'hello' } as const;
  await db.insert(notifications).values(row);
  hub.wake();
  await until(() => watching.items.length > 0, 'the notification');
  await watching.stop();
  return { row, lastEventId: watching.items[0]?.id ?? '' };
}

const resume = (hub: Hub, user: ActorContext, lastEventId: string) =>
  collect((signal) => hub.watchNotifications(user, { lastEventId }, signal));

describe('is answered by resync:', () => {
  test.each(['', 'not-an-id', '99999999999999999999', "' or 1=1", 'A'.repeat(40), '!'.repeat(40), uuidv7(), '\u0000'])(
    'malformed or invented: %j',
    async (lastEventId) => {
      const user = await world.createUser();
      for (const { watch } of streams) {
        expect(told(await firstOf(watch(world.hub, user, lastEventId)))).toEqual(['resync']);
      }
    },
  );

  test('the id of somebody else, and one of another stream', async () => {
    const { hub, createUser, createTask } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const watching = collect((signal) => hub.watchTasks(ann, undefined, signal));
    await createTask(ann);
    await until(() => watching.items.length === 1, 'the event');
    await watching.stop();
    const none = await firstOf(collect((signal) => hub.watchNotifications(ann, { lastEventId: 'none' }, signal)));
    const resumeTasks = (user: ActorContext, lastEventId = '') =>
      firstOf(collect((signal) => hub.watchTasks(user, { lastEventId }, signal)));
    const foreign = await resumeTasks(bob, watching.items[0]?.id);
    const other = await resumeTasks(ann, none.items[0]?.id);
    expect([foreign, other].flatMap(told)).toEqual(['resync', 'resync']);
  });

  test('a row that is gone', async () => {
    const user = await world.createUser();
    const { row, lastEventId } = await oneNotification(user);
    await world.db.delete(notifications).where(eq(notifications.id, row.id));
    expect(told(await firstOf(resume(world.hub, user, lastEventId)))).toEqual(['resync']);
  });

  test('older than the retention', async () => {
    const user = await world.createUser();
    const { lastEventId } = await oneNotification(user);
    const later = world.createHubOn(world.channel.connect(), { now: () => Date.now() + 8 * 86_400_000 });
    await later.start();
    const resumed = await firstOf(resume(later, user, lastEventId));
    await later.stop();
    expect(told(resumed)).toEqual(['resync']);
  });

  test.each(streams)('one of their own that was changed ($stream)', async ({ stream, watch, write }) => {
    const user = await world.createUser();
    const watching = watch(world.hub, user);
    await write(user, 1);
    await until(() => watching.items.length === 1, 'the event');
    await watching.stop();
    const tag = tagOf(user.actor.id);
    const mark = decodeEventId(stream, tag, watching.items[0]?.id ?? '');
    if (!mark) throw new Error('its id is a position');
    const tomorrow = Date.now() + 86_400_000;
    const between = { xid: mark.xid, seq: 0n, at: mark.at };
    const changed = {
      'no change': mark,
      'between rows': between,
      'another time': { ...mark, at: mark.at + 1 },
      'a row that there is not': { ...mark, seq: mark.seq + 1_000_000n },
      'more than a bigint': { ...mark, seq: 2n ** 63n },
      'a transaction beyond all': { ...mark, xid: 2n ** 64n - 1n },
      'a place between rows that are not there yet': { ...between, xid: mark.xid + 1_000_000n },
      'a place between rows, of tomorrow': { ...between, at: tomorrow },
    };
    const answers: string[] = [];
    for (const [name, one] of Object.entries(changed)) {
      const resumed = watch(world.hub, user, encodeMark(stream, one) + tag);
      const hasBegun = () => resumed.positions.length + resumed.items.length > 0;
      await Promise.race([resumed.failure, until(hasBegun, name)]);
      await resumed.stop();
      if (!told(resumed).includes('resync')) answers.push(name);
    }
    expect(answers).toEqual(['no change', 'between rows']);
  });

  test.each(streams)(
    'further behind than may be read: nothing of it, but the position to go on from ($stream)',
    async ({ watch, write }) => {
      const user = await world.createUser();
      const watching = watch(world.hub, user);
      await write(user, 12);
      await until(() => watching.items.length === 12, 'twelve events');
      await watching.stop();
      const near = world.createHubOn(world.channel.connect(), { catchUpRows: 2, maxCatchUpRows: 10 });
      await near.start();
      const far = await firstOf(watch(near, user, watching.items[0]?.id));
      const within = watch(near, user, watching.items[1]?.id);
      await until(() => within.items.length >= 10, 'ten events');
      await within.stop();
      expect(told(far)).toEqual(['resync']);
      expect(within.items.map(({ id }) => id)).toEqual(watching.items.slice(2).map(({ id }) => id));

      const ids = await write(user, 1);
      const goingOn = await firstOf(watch(near, user, far.items[0]?.id));
      await near.stop();
      expect(told(goingOn)).toEqual(ids);
    },
  );
});

test('what came while a position was looked at is not told after the resync: the lists have it', async () => {
  const { db, createUser, createTask } = world;
  const user = await createUser();
  const { promise: isLooked, resolve: look } = Promise.withResolvers<void>();
  const state = { isNextSlow: false };
  const slow = withTransaction(db, async (...work) => {
    const isSlow = state.isNextSlow;
    state.isNextSlow = false;
    if (isSlow) await isLooked;
    return db.transaction(...work);
  });
  const hub = await world.startQuietHub({ db: slow });
  const { xid } = await readHead(db, 5_000);
  const unknown = encodeMark('tasks', { xid, seq: 2n ** 60n, at: Date.now() }) + tagOf(user.actor.id);
  state.isNextSlow = true;
  const resumed = collect((signal) => hub.watchTasks(user, { lastEventId: unknown }, signal));
  await until(() => !state.isNextSlow, 'the look at the position');
  await createTask(user);
  hub.wake();
  await until(() => hub.stats().delivered === 1, 'the first task to be queued');
  look();
  await until(() => resumed.items.length > 0, 'the resync');
  const { id } = await createTask(user);
  hub.wake();
  await until(() => told(resumed).includes(id), 'the second task');
  await resumed.stop();
  await hub.stop();
  expect(told(resumed)).toEqual(['resync', id]);
});

test('a database that has gone back ends every subscription, and none of its positions holds', async () => {
  const user = await world.createUser();
  const { promise: isReplaced, resolve: replace } = Promise.withResolvers<void>();
  const state = { reads: 0 };
  // The first that is read of it is its end: that was far ahead of where this database is.
  const replaced = withTransaction(world.db, async (...work) => {
    if (++state.reads === 1) return { xmin: 2n ** 40n };
    await isReplaced;
    return world.db.transaction(...work);
  });
  const hub = world.createQuietHub({ db: replaced });
  const starting = hub.start();
  await until(() => state.reads === 2, 'a position');
  const before = streams.map(({ watch }) => watch(hub, user));
  await until(() => before.every(({ positions }) => positions.length === 1), 'two positions');
  replace();
  await starting;
  for (const { failure } of before) expect(await failure).toMatchObject({ code: 'UNAVAILABLE' });
  for (const [index, { watch }] of streams.entries()) {
    const again = await firstOf(watch(hub, user, before[index]?.positions[0]));
    expect(told(again)).toEqual(['resync']);
  }
  await hub.stop();
});
