import type { Transaction } from '@taskmaster/database';
import type { Deps } from './deps.ts';

/**
 * Every write: one transaction, and the streams are told to look once it has committed. Nothing is published from
 * inside, so nothing can be published that was not committed.
 */
export async function write<Result>(
  deps: Pick<Deps, 'db' | 'hub'>,
  change: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const result = await deps.db.transaction(change);
  deps.hub.wake();
  return result;
}
