import type { Swept } from './sweep-keys.ts';
import type { Sweeper } from './sweeper.ts';

export interface SweepSchedule {
  /** Default a minute; the first of both comes after this. */
  garbageEveryMs?: number;
  /** Default six hours. */
  straysEveryMs?: number;
  /** Told of each file that could not be removed, and of a sweep that failed as a whole. */
  onError: (error: unknown) => void;
}

/** Sweeps from time to time; the timers keep no process alive. `stop` resolves when no sweep is running any more. */
export function startSweeper(
  sweeper: Sweeper,
  { garbageEveryMs = 60_000, straysEveryMs = 6 * 60 * 60 * 1000, onError }: SweepSchedule,
): { stop: () => Promise<void> } {
  const stops = [
    repeat(reporting(sweeper.sweepGarbage, onError), garbageEveryMs, garbageEveryMs),
    repeat(reporting(sweeper.sweepStrays, onError), garbageEveryMs, straysEveryMs),
  ];
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

const reporting = (sweep: () => Promise<Swept>, onError: SweepSchedule['onError']) => async () => {
  try {
    const { errors } = await sweep();
    errors.forEach((error) => onError(error));
  } catch (error) {
    onError(error);
  }
};

/** Never two at a time: the next one is due some time after the last one has ended. `work` must not reject. */
function repeat(work: () => Promise<void>, firstAfterMs: number, everyMs: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  let isStopped = false;
  const run = () => {
    running = work().then(() => {
      if (!isStopped) schedule(everyMs);
    });
  };
  let timer: NodeJS.Timeout | undefined;
  const schedule = (afterMs: number) => {
    timer = setTimeout(run, afterMs).unref();
  };
  schedule(firstAfterMs);
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await running;
  };
}
