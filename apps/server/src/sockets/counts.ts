import { AppError } from '@taskmaster/core/errors';

/** How many there are of each key, and no more than `limit` of any. */
export function createCounts(limit: number) {
  const counts = new Map<string, number>();
  const check = (key: string): void => {
    if ((counts.get(key) ?? 0) < limit) return;
    throw new AppError('RATE_LIMITED', { detail: 'Too many sockets are open', retryAfterSeconds: 5 });
  };
  return {
    check,
    /** Returns how to leave again. Throws `RATE_LIMITED`. */
    enter(key: string): () => void {
      check(key);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return () => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
    },
  };
}
