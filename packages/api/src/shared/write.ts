import { AppError } from '@taskmaster/core/errors';
import { databaseErrorCode, transaction } from '@taskmaster/database';
import type { Transaction } from '@taskmaster/database';
import { answerOnce } from '../idempotency/answer-once.ts';
import type { StillSees } from '../idempotency/answer-once.ts';
import type { Origin } from './context.ts';
import type { Deps } from './deps.ts';
import { operationDeadlineMs } from './operation-deadline.ts';

/**
 * Thrown by a change that finds that another one was faster and that it holds the wrong locks: it runs again from the
 * beginning. To take the right ones late, with others in hand, would be a deadlock with whoever takes them in order.
 */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** PostgreSQL has ended one of those who waited for each other; what it did is undone, and it may try again. */
const deadlock = '40P01';

/** Each attempt needs another change that came between: nobody meets that many. */
const mostAttempts = 5;

/** Of a write to something that others can take out of the caller's sight: `stillSees`, for its repetitions. */
export type WriteContext = Pick<Origin, 'deadline' | 'repeatable'> & { stillSees?: StillSees | undefined };

/**
 * Every write: one transaction, and the streams are told to look once it has committed. Nothing is published from
 * inside, so nothing can be published that was not committed. Past the caller's deadline it is rolled back: whoever was
 * told that it failed may do it again. What `change` answers to a repeatable request is kept, and has to be JSON.
 */
export async function write<Result>(
  deps: Pick<Deps, 'db' | 'hub'>,
  { deadline = performance.now() + operationDeadlineMs, repeatable, stillSees }: WriteContext,
  change: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const work = repeatable ? (tx: Transaction) => answerOnce(tx, { ...repeatable, stillSees }, change) : change;
  const result = await untilNotOvertaken(() =>
    transaction(deps.db, work, { deadlineMs: Math.max(0, deadline - performance.now()) }),
  );
  deps.hub.wake();
  return result;
}

async function untilNotOvertaken<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; attempts <= mostAttempts; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Overtaken) && databaseErrorCode(error) !== deadlock) throw error;
    }
  }
  throw new AppError('UNAVAILABLE', { retryAfterSeconds: 1 });
}
