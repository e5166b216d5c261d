import { AppError } from '@taskmaster/core/errors';
import type { Transaction } from '@taskmaster/database';
import type { Repeatable } from '../shared/context.ts';
import * as repository from './idempotency.repository.ts';

/** Every 422 names a field. */
const reused = { path: 'idempotency-key', message: 'Was used for another input', code: 'reused' };

/** Throws where the caller has lost sight of what the request is about: then the answer of before is not for them either. */
export type StillSees = (tx: Transaction) => Promise<unknown>;

/**
 * The change, or what it answered the first time. The answer is kept in the change's own transaction: either both are
 * there or none is, and a request that failed may be repeated as if it had never been.
 */
export async function answerOnce<Result>(
  tx: Transaction,
  { id, fingerprints, onReplay, stillSees }: Repeatable & { stillSees?: StillSees | undefined },
  change: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  // In this order: what the last holder of the lock has committed is seen.
  const [isFree, kept] = await Promise.all([repository.tryLock(tx, id), repository.find(tx, id)]);
  if (kept) {
    if (!fingerprints.includes(kept.fingerprint)) throw new AppError('IDEMPOTENCY_KEY_REUSED', { errors: [reused] });
    await stillSees?.(tx);
    onReplay();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same operation has written it
    return (kept.output ?? undefined) as Result;
  }
  if (!isFree) throw new AppError('IDEMPOTENCY_KEY_IN_USE', { retryAfterSeconds: 1 });
  const output = await change(tx);
  await repository.keep(tx, { id, fingerprint: fingerprints[0], output });
  return output;
}
