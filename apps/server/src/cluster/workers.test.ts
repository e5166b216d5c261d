import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, until } from '@taskmaster/testing';
import { isAlive } from '@taskmaster/testing/faults';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';
import type { Installation } from '../testing/process/installation.ts';
import { createTestLog } from '../testing/test-log.ts';
import type { WorkersOptions } from './workers.ts';
import { createWorkers } from './workers.ts';

/** As in the tests of the processes: a start takes a second or two, on a busy machine longer. */
const startWithinMs = 60_000;
const timeout = 120_000;

let resources: AsyncDisposableStack;
let here: Installation;
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  const database = resources.use(await createTestDatabase());
  here = resources.use(
    await createInstallation({
      DATABASE_URL: database.url,
      SECRET_KEY: 'a key for access tokens of the tests',
      REFRESH_SECRET_KEY: 'a key for refresh tokens of the tests',
      LOG_LEVEL: 'silent',
    }),
  );
});
afterAll(() => resources.disposeAsync());

interface LogLine {
  msg: string;
  worker: number;
  pid: number;
  signal?: string;
}

/** Workers of this process, with what is said of them. */
function createTestWorkers(options: Pick<WorkersOptions, 'count' | 'patience'>) {
  const exec = fileURLToPath(new URL('../main.ts', import.meta.url));
  cluster.setupPrimary({ exec, execArgv: [], cwd: here.folder });
  const log = createTestLog({ DEBUG: false, LOG_LEVEL: 'info' });
  const workers = createWorkers({
    variables: here.env,
    stopWithinMs: 10_000,
    onMetrics: () => undefined,
    log: log.logger,
    ...options,
  });
  const said = (beginning: string) =>
    log.lines.map((line): LogLine => JSON.parse(line)).filter(({ msg }) => msg.startsWith(beginning));
  return {
    ...workers,
    said,
    untilSaid: (beginning: string, count: number) =>
      until(() => said(beginning).length >= count, `"${beginning}" ${count} times`, startWithinMs),
    /** Of the newest worker with this number. */
    pidOf(number: number): number {
      const pid = said('a worker listens').findLast(({ worker }) => worker === number)?.pid;
      if (pid === undefined) throw new Error(`worker ${number} has never listened`);
      return pid;
    },
  };
}

// The starts are what these take: as few as may be.
describe('two that run', () => {
  // Ten seconds: longer than a busy machine keeps one that answers from it.
  const patience = { askEveryMs: 100, questions: 100 };
  let workers: ReturnType<typeof createTestWorkers>;
  beforeAll(async () => {
    workers = createTestWorkers({ count: 2, patience });
    await workers.start();
  }, timeout);
  afterAll(() => workers.stop());

  test('one that hangs is killed and replaced; one that answers is left alone', { timeout }, async () => {
    const [hanging, lively] = [workers.pidOf(1), workers.pidOf(2)];
    process.kill(hanging, 'SIGSTOP');
    await workers.untilSaid('a worker listens', 3);
    expect(workers.said('a worker does not answer')).toEqual([expect.objectContaining({ worker: 1, pid: hanging })]);
    const ends = workers.said('a worker has ended');
    expect(ends).toEqual([expect.objectContaining({ worker: 1, pid: hanging, signal: 'SIGKILL' })]);
    expect(isAlive(lively)).toBe(true);
    expect(workers.ready()).toHaveLength(2);
  });

  test('one that has ended is not ready, and has no successor once they are stopped', { timeout }, async () => {
    const endsBefore = workers.said('a worker has ended').length;
    const ended = once(cluster, 'exit');
    process.kill(workers.pidOf(2), 'SIGKILL');
    await ended;
    // In the turn of its end: later its successor may be ready.
    expect(workers.ready()).toHaveLength(1);
    await workers.untilSaid('a worker has ended', endsBefore + 1);
    await workers.stop();
    expect(Object.keys(cluster.workers ?? {})).toEqual([]);
  });
});

test('one that cannot even be started keeps them from starting', async () => {
  const workers = createTestWorkers({ count: 1 });
  cluster.setupPrimary({ cwd: join(here.folder, 'gone') });
  await expect(workers.start()).rejects.toThrow('ENOENT');
  await workers.stop();
});
