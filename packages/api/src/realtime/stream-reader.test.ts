import { afterAll, beforeAll, expect, test } from 'vitest';
import { hubDefaults } from './hub-settings.ts';
import type { Batch } from './read-batch.ts';
import { createStreamReader } from './stream-reader.ts';
import type { StreamReaderOptions } from './stream-reader.ts';
import type { World } from '../testing/realtime-world.ts';
import { until } from '@taskmaster/testing';
import { bothStreams } from '../testing/both-streams.ts';
import { flakyDatabase, muteDatabase } from '../testing/database-doubles.ts';
import { createWorld } from '../testing/realtime-world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const streams = Object.values(bothStreams(() => world));

const tasksOf = (batch: Batch | undefined) =>
  batch?.changes.flatMap((change) => (change.kind === 'task' ? change.task_id : [])) ?? [];

const createReader = (options: Partial<StreamReaderOptions> & Pick<StreamReaderOptions, 'onBatch'>) =>
  createStreamReader({
    db: world.db,
    settings: { ...hubDefaults, pollMs: 60_000 },
    log: undefined,
    now: Date.now,
    wants: () => ({ notifications: true, tasks: true }),
    onForeign: () => undefined,
    ...options,
  });

test.each(streams)('who comes while $stream are passed over finds what was committed since', async (it) => {
  const user = await world.createUser();
  const seen: string[] = [];
  const state = { isWanted: false, batches: 0 };
  const wants = { notifications: false, tasks: false };
  const reader = createReader({
    wants: () => ({ ...wants, [it.stream]: state.isWanted }),
    onBatch(batch) {
      seen.push(...tasksOf(batch), ...batch.notifications.map(({ row }) => row.id));
      // The first batch is the start. With the second, read without the stream, somebody has come.
      state.isWanted = ++state.batches > 1;
    },
  });
  await reader.start();
  const ids = await it.write(user, 1);
  reader.ring();
  await until(() => seen.length > 0, 'the change');
  expect(seen).toEqual(ids);
  await reader.stop();
});

test('a failing database makes it pause; then it goes on from where it was', async () => {
  const user = await world.createUser();
  const seen: string[] = [];
  const state = { isAway: false };
  const reader = createReader({
    db: flakyDatabase(world.db, state),
    onBatch: (batch) => void seen.push(...tasksOf(batch)),
  });
  await reader.start();
  state.isAway = true;
  const { id } = await world.createTask(user);
  reader.ring();
  await until(() => reader.stats().readErrors > 1, 'a second attempt to fail');
  expect(seen).toEqual([]);
  state.isAway = false;
  await until(() => seen.length > 0, 'the change');
  expect(seen).toEqual([id]);
  await reader.stop();
});

test.each(['activity', 'notifications'] as const)(
  'a database that has gone back, by the %s: told once, and read on from its own end',
  async (stream) => {
    const user = await world.createUser();
    const batches: Batch[] = [];
    let foreign = 0;
    const reader = createReader({
      onBatch: (batch) => void batches.push(batch),
      onForeign: () => foreign++,
    });
    await reader.start();
    // Positions of a database that has seen more transactions than this one.
    const cursors = reader.cursors();
    if (!cursors) throw new Error('no position after the start');
    cursors[stream] = { ...cursors[stream], xid: cursors[stream].xid + 1_000_000n };
    reader.ring();
    await until(() => foreign === 1 && batches.length > 1, 'the new start');
    const { id } = await world.createTask(user);
    reader.ring();
    await until(() => tasksOf(batches.at(-1)).includes(id), 'the change');
    expect(foreign).toBe(1);
    await reader.stop();
  },
);

test('a read that is never answered, the first or a later one, is given up, and made again', async () => {
  const user = await world.createUser();
  const seen: string[] = [];
  const state = { isSilent: true };
  const reader = createReader({
    db: muteDatabase(world.db, state),
    settings: { ...hubDefaults, pollMs: 60_000, readDeadlineMs: 100 },
    onBatch: (batch) => void seen.push(...tasksOf(batch)),
  });
  const starting = reader.start();
  await until(() => reader.stats().readErrors > 0, 'the end of the silent start');
  state.isSilent = false;
  await starting;
  state.isSilent = true;
  const { readErrors } = reader.stats();
  const { id } = await world.createTask(user);
  reader.ring();
  await until(() => reader.stats().readErrors > readErrors, 'the end of the silent read');
  state.isSilent = false;
  await until(() => seen.length > 0, 'the change');
  expect(seen).toEqual([id]);
  await reader.stop();
});
