import type { Deps } from '../shared/deps.ts';
import { repeat } from '../shared/repeat.ts';
import { removeExpired } from './idempotency.repository.ts';

export interface ExpirySchedule {
  /** Default ten minutes. */
  everyMs?: number;
  onError: (error: unknown) => void;
}

/** Removes answers that nobody is given any more. `stop` resolves when nothing of it is running. */
export function startExpiry(
  { db }: Pick<Deps, 'db'>,
  { everyMs = 600_000, onError }: ExpirySchedule,
): { stop: () => Promise<void> } {
  const sweep = () => removeExpired(db).then(() => undefined, onError);
  return { stop: repeat(sweep, everyMs, everyMs) };
}
