import { removeExpiredTokens } from '../auth/auth.repository.ts';
import { removeForgotten } from '../auth/known-networks.repository.ts';
import { removeLongEnded } from '../auth/sessions.repository.ts';
import { removeExpired as removeExpiredAnswers } from '../idempotency/idempotency.repository.ts';
import { removeExpired as removeExpiredCounters } from '../limits/limits.repository.ts';
import type { Deps } from '../shared/deps.ts';
import { repeat } from '../shared/repeat.ts';

export interface ExpirySchedule {
  /** Default ten minutes. */
  everyMs?: number;
  /** Told of each kind of row that could not be removed. The others are, and the next sweep tries again. */
  onError: (error: unknown) => void;
}

/** Every kind of row that is of no use after its time. None of them says anything any more: nothing is recorded. */
const sweeps = [
  removeExpiredAnswers,
  removeExpiredCounters,
  removeForgotten,
  removeExpiredTokens,
  removeLongEnded,
] as const;

/** Removes rows whose time is over; any number of processes may at once. `stop` resolves when nothing of it is running. */
export function startExpiry(
  { db }: Pick<Deps, 'db'>,
  { everyMs = 600_000, onError }: ExpirySchedule,
): { stop: () => Promise<void> } {
  async function sweep(): Promise<void> {
    for (const remove of sweeps) await remove(db).catch(onError);
  }
  return { stop: repeat(sweep, everyMs, everyMs) };
}
