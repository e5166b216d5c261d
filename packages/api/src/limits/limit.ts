import { LRUCache } from 'lru-cache';
import type { Grant, LimitStore, Rate } from './limit-store.ts';
import { rateLimited } from './rate-limited.ts';

export interface Limit {
  /** Counts one. Throws `RATE_LIMITED`, or what kept the store from counting. */
  consume: (key: string) => Promise<void>;
  /** What was counted did not have to be, such as the attempt of somebody who knew the password. */
  giveBack: (key: string) => Promise<void>;
}

export interface LimitOptions {
  store: LimitStore;
  /** Of the policy, as the `RateLimit` header names it, and of its keys in the store. */
  name: string;
  rate: Rate;
  /** For the one who is refused: `Too many …`. */
  what: string;
  /**
   * How many points a process takes at once, so that not every call asks the store. No window ever grants more than
   * its rate; what one process holds and does not use is refused on the others until the window ends.
   */
  block?: number;
  /** Milliseconds of a clock that is never set. */
  now?: () => number;
}

/** What a process has taken of a window and not used, or when it may ask again. */
interface Lease {
  left: number;
  endsAt: number;
}

/** A refusal is remembered so long: a flood does not reach the store, and what is given back is soon found. */
const longestRefusalMs = 1_000;
const rememberedKeys = 10_000;

/** One budget for each key. Whoever shares the store shares the budget. */
export function createLimit({
  store,
  name,
  rate,
  what,
  block = 1,
  now = () => performance.now(),
}: LimitOptions): Limit {
  const leases = new LRUCache<string, Lease>({ max: rememberedKeys });
  const refusals = new LRUCache<string, { endsAt: number; askAgainAt: number }>({ max: rememberedKeys });
  const refills = new Map<string, Promise<void>>();
  const keyOf = (key: string) => `${name}:${key}`;

  async function refill(key: string): Promise<void> {
    const { granted, resetsInMs }: Grant = await store.take(keyOf(key), block, rate);
    const endsAt = now() + resetsInMs;
    if (granted > 0) leases.set(key, { left: granted, endsAt });
    else refusals.set(key, { endsAt, askAgainAt: Math.min(endsAt, now() + longestRefusalMs) });
  }

  function takeLeased(key: string): boolean {
    const lease = leases.get(key);
    if (!lease || lease.left === 0 || lease.endsAt <= now()) return false;
    lease.left--;
    return true;
  }

  function refuseIfSpent(key: string): void {
    const refusal = refusals.get(key);
    if (!refusal || refusal.askAgainAt <= now()) return;
    throw rateLimited({ name, rate, endsInMs: refusal.endsAt - now(), what });
  }

  return {
    async consume(key) {
      while (!takeLeased(key)) {
        refuseIfSpent(key);
        // Those who come while the store is asked share its answer, and ask again for what that does not cover.
        let pending = refills.get(key);
        if (!pending) {
          pending = refill(key).finally(() => refills.delete(key));
          refills.set(key, pending);
        }
        await pending;
      }
    },
    async giveBack(key) {
      await store.giveBack(keyOf(key), 1, rate);
      refusals.delete(key);
    },
  };
}
