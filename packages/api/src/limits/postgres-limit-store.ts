import type { Database } from '@taskmaster/database';
import type { LimitStore } from './limit-store.ts';
import { giveBack, take } from './limits.repository.ts';

/** Counters in the database that the server has anyway. */
export const createPostgresLimitStore = (db: Database): LimitStore => ({
  take: (...args) => take(db, ...args),
  giveBack: (...args) => giveBack(db, ...args),
});
