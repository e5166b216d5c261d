import { DatabaseDeadlineError } from '@taskmaster/database';
import { until } from '@taskmaster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bothStreams } from '../testing/both-streams.ts';
import { withoutAnswerTo } from '../testing/database-doubles.ts';
import type { World } from '../testing/realtime-world.ts';
import { createWorld } from '../testing/realtime-world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

// In the order in which a catch-up asks: what was missed, and whether it is too much.
test.each(['with', 'select'] as const)(
  'a catch-up on notifications that is never answered is given up (%s)',
  async (query) => {
    const { notifications } = bothStreams(() => world);
    const user = await world.createUser();
    const before = notifications.watch(world.hub, user);
    await notifications.write(user, 3);
    await until(() => before.items.length === 3, 'three notifications');
    await before.stop();
    const db = withoutAnswerTo(world.db, query);
    const hub = world.createHubOn(world.channel.connect(), { db, catchUpRows: 1, readDeadlineMs: 300 });
    await hub.start();
    const resumed = notifications.watch(hub, user, before.items[0]?.id);
    expect(await resumed.failure).toBeInstanceOf(DatabaseDeadlineError);
    expect(hub.stats().subscriptions.notifications).toBe(0);
    await hub.stop();
  },
);
