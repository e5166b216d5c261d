import type { Database, Transaction } from './connect.ts';
import { DatabaseDeadlineError, withDeadline } from './deadline.ts';

/**
 * One transaction at READ COMMITTED, the default of every connection here: invariants are held by constraints and row
 * locks. If it has not come to its COMMIT within `deadlineMs`, it is rolled back and rejects with DatabaseDeadlineError,
 * however long it waited for a connection. A deadline that strikes during COMMIT leaves the outcome unknown.
 */
export async function transaction<T>(
  db: Database,
  work: (tx: Transaction) => Promise<T>,
  { deadlineMs = 15_000 }: { deadlineMs?: number } = {},
): Promise<T> {
  const expiresAt = performance.now() + deadlineMs;
  // A timer may fire a little before its time: whose caller has heard of the deadline must not commit.
  let hasExpired = false;
  const refuseIfExpired = (): void => {
    if (hasExpired || performance.now() >= expiresAt) throw new DatabaseDeadlineError(deadlineMs);
  };
  try {
    return await withDeadline(
      db.transaction(async (tx) => {
        refuseIfExpired();
        const result = await work(tx);
        refuseIfExpired();
        return result;
      }),
      deadlineMs,
    );
  } catch (error) {
    hasExpired = true;
    throw error;
  }
}
