import { repeat } from '../shared/repeat.ts';
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
