import type { Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { defaultPatience, startHeartbeat } from './heartbeat.ts';
import type { Patience } from './heartbeat.ts';
import type { LaunchedWorker, LaunchOptions } from './launch-worker.ts';
import { launchWorker } from './launch-worker.ts';
import { createRestartDelays } from './restart-delays.ts';
import { tell } from './tell.ts';
import { WorkerError } from './worker-error.ts';

export interface WorkersOptions extends Omit<LaunchOptions, 'number'> {
  count: number;
  /** How long a worker may take to stop; then it is killed. */
  stopWithinMs: number;
  /** How long one may be silent; then it is killed, too. */
  patience?: Patience;
  log: Logger;
}

export interface Workers {
  /** Resolves when all of them listen. Throws `WorkerError` when one cannot: the others are left to `stop`. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** Those that listen. */
  ready: () => Worker[];
}

/** Keeps `count` workers running. After the start, one that ends or hangs is replaced for as long as it takes. */
export function createWorkers({
  count,
  stopWithinMs,
  patience = defaultPatience,
  log,
  ...options
}: WorkersOptions): Workers {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const current = new Map<number, LaunchedWorker>();
  const stopping = new AbortController();

  function launch(number: number): LaunchedWorker {
    const launched = launchWorker({ ...options, number });
    current.set(number, launched);
    const { worker, started } = launched;
    void started.then((outcome) => {
      if (outcome !== 'ready') return;
      log.info({ worker: number, pid: worker.process.pid }, 'a worker listens');
      watch(number, launched);
    });
    return launched;
  }

  /** While it stops, too: until its end. Whatever it says is an answer: who can say anything does not hang. */
  function watch(number: number, { worker, ended }: LaunchedWorker): void {
    const heartbeat = startHeartbeat({
      ...patience,
      ask: () => tell(worker, { kind: 'are-you-there' }),
      onSilence() {
        log.error({ worker: number, pid: worker.process.pid }, 'a worker does not answer any more: it is killed');
        worker.process.kill('SIGKILL');
      },
    });
    worker.on('message', heartbeat.heard);
    void ended.then(heartbeat.stop);
  }

  async function keepUp(number: number, first: LaunchedWorker): Promise<void> {
    const delayAfter = createRestartDelays();
    let { worker, ended } = first;
    for (;;) {
      const end = await ended;
      if (stopping.signal.aborted) return;
      const delayMs = delayAfter(end.livedMs);
      log.error(
        { worker: number, pid: worker.process.pid, ...end, delayMs },
        'a worker has ended: it is started again',
      );
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      ({ worker, ended } = launch(number));
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    const left = [...current.values()];
    for (const { worker } of left) tell(worker, { kind: 'stop' });
    const ended = Promise.all(left.map((each) => each.ended));
    const timeout = new AbortController();
    const isLate = await Promise.race([
      ended.then(() => false),
      sleep(stopWithinMs, true, { signal: timeout.signal }).catch(() => false),
    ]);
    timeout.abort();
    if (!isLate) return;
    log.warn('workers that did not stop in time are killed');
    for (const { worker } of left) worker.process.kill('SIGKILL');
    await ended;
  }

  return {
    async start() {
      const launched = numbers.map((number) => launch(number));
      await Promise.all(
        launched.map(async ({ started }) => {
          const outcome = await started;
          if (outcome !== 'ready') throw new WorkerError(outcome);
        }),
      );
      launched.forEach((each, index) => void keepUp(index + 1, each));
    },
    stop,
    ready: () => [...current.values()].filter((each) => each.isReady()).map(({ worker }) => worker),
  };
}
