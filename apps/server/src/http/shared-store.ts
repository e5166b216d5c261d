import type { LimitStore, Rate } from '@taskmaster/api';
import { MemoryStore } from 'express-rate-limit';
import type { Store } from 'express-rate-limit';

const keyOf = (key: string) => `all:${key}`;

/**
 * express-rate-limit over a store that all processes share. While that is away, each counts for itself: to count every
 * request in the database would be the load that the wall is there to keep off.
 */
export function createSharedStore(shared: LimitStore, rate: Rate): Store {
  const own = new MemoryStore();
  return {
    localKeys: false,
    init: (options) => own.init(options),
    async increment(key) {
      try {
        const { granted, remaining, resetsInMs } = await shared.take(keyOf(key), 1, rate);
        return { totalHits: rate.points - remaining + 1 - granted, resetTime: new Date(Date.now() + resetsInMs) };
      } catch {
        // Said already by the connection to the store.
        return own.increment(key);
      }
    },
    decrement: (key) => shared.giveBack(keyOf(key), 1, rate).catch(() => own.decrement(key)),
    resetKey: (key) => own.resetKey(key),
    shutdown: () => own.shutdown(),
  };
}
