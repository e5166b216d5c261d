import { notifications } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { World } from '../testing/realtime-world.ts';
import { until } from '@taskmaster/testing';
import { collect, createWorld } from '../testing/realtime-world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const firstOf = async (start: Parameters<typeof collect>[0]) => {
  const watching = collect(start);
  await until(() => watching.items.length > 0, 'the first event');
  await watching.stop();
  return watching.items;
};

async function oneNotification(user: Awaited<ReturnType<World['createUser']>>) {
  const { db, hub } = world;
  const watching = collect((signal) => hub.watchNotifications(user, undefined, signal));
  const row = { id: uuidv7(), user_id: user.actor.id, type: 'team_added', title: 'hello' } as const;
  await db.insert(notifications).values(row);
  hub.wake();
  await until(() => watching.items.length > 0, 'the notification');
  await watching.stop();
  return { row, eventId: watching.items[0]?.id ?? '' };
}

describe('is answered by resync:', () => {
  test.each(['', 'not-an-id', '99999999999999999999', "' or 1=1", 'A'.repeat(40), uuidv7(), '\u0000'])(
    'malformed or invented: %j',
    async (lastEventId) => {
      const user = await world.createUser();
      const items = await firstOf((signal) => world.hub.watchNotifications(user, { lastEventId }, signal));
      expect(items.map(({ event }) => event.type)).toEqual(['resync']);
    },
  );

  test('the id of somebody else, and one of another stream', async () => {
    const { hub, createUser, createTask } = world;
    const [ann, bob] = [await createUser(), await createUser()];
    const watching = collect((signal) => hub.watchTasks(ann, undefined, signal));
    await createTask(ann);
    await until(() => watching.items.length === 1, 'the event');
    await watching.stop();
    const [none] = await firstOf((signal) => hub.watchNotifications(ann, { lastEventId: 'none' }, signal));
    const [event] = watching.items;
    const foreign = await firstOf((signal) => hub.watchTasks(bob, { lastEventId: event?.id }, signal));
    const other = await firstOf((signal) => hub.watchTasks(ann, { lastEventId: none?.id }, signal));
    expect([...foreign, ...other].map(({ event }) => event.type)).toEqual(['resync', 'resync']);
  });

  test('a row that is gone', async () => {
    const user = await world.createUser();
    const { row, eventId } = await oneNotification(user);
    await world.db.delete(notifications).where(eq(notifications.id, row.id));
    const items = await firstOf((signal) => world.hub.watchNotifications(user, { lastEventId: eventId }, signal));
    expect(items.map(({ event }) => event.type)).toEqual(['resync']);
  });

  test('older than the retention', async () => {
    const user = await world.createUser();
    const { eventId } = await oneNotification(user);
    const later = world.createHubOn(world.channel.connect(), { now: () => Date.now() + 8 * 86_400_000 });
    await later.start();
    const items = await firstOf((signal) => later.watchNotifications(user, { lastEventId: eventId }, signal));
    await later.stop();
    expect(items.map(({ event }) => event.type)).toEqual(['resync']);
  });

  test('further behind than may be read: nothing of it, but the position to go on from', async () => {
    const { hub, createUser, createTask } = world;
    const user = await createUser();
    const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
    for (let i = 0; i < 12; i++) await createTask(user);
    await until(() => watching.items.length === 12, 'twelve events');
    await watching.stop();
    const near = world.createHubOn(world.channel.connect(), { catchUpRows: 2, maxCatchUpRows: 10 });
    await near.start();
    const resume = (index: number) => (signal: AbortSignal) =>
      near.watchTasks(user, { lastEventId: watching.items[index]?.id }, signal);
    const far = await firstOf(resume(0));
    const within = collect(resume(1));
    await until(() => within.items.length >= 10, 'ten events');
    await within.stop();
    expect(far.map(({ event }) => event.type)).toEqual(['resync']);
    expect(within.items.map(({ id }) => id)).toEqual(watching.items.slice(2).map(({ id }) => id));

    const lastEventId = far[0]?.id;
    const [task] = [await createTask(user)];
    const goingOn = await firstOf((signal) => near.watchTasks(user, { lastEventId }, signal));
    await near.stop();
    expect(goingOn.map(({ event }) => event.type === 'task' && event.task_id)).toEqual([task.id]);
  });
});
