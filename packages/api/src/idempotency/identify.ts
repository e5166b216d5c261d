import { createHash } from 'node:crypto';
import { idempotencyKeyLimits } from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';
import type { IdempotencyKey, Repeatable } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { canonical } from './canonical.ts';

/** The request that a key stands for. */
export interface KeyedRequest {
  /** Empty for somebody without a token. */
  user_id: string;
  operation: string;
  input: unknown;
}

const { min, max } = idempotencyKeyLimits.length;
const wellFormed = new RegExp(`^[\\x21-\\x7e]{${min},${max}}$`);

/** Throws `IDEMPOTENCY_KEY_MALFORMED`. */
export function requireWellFormed({ value }: IdempotencyKey): void {
  if (wellFormed.test(value)) return;
  throw new AppError('IDEMPOTENCY_KEY_MALFORMED', {
    detail: `An Idempotency-Key has ${min} to ${max} visible ASCII characters, and is for one call alone.`,
  });
}

/** Throws `IDEMPOTENCY_KEY_MALFORMED`. */
export function identify(
  { fingerprint }: Pick<Deps, 'fingerprint'>,
  key: IdempotencyKey,
  { user_id, operation, input }: KeyedRequest,
): Repeatable {
  requireWellFormed(key);
  const { value, onReplay } = key;
  const id = createHash('sha256').update(`${user_id}\n${operation}\n${value}`).digest('base64url');
  return { id, fingerprints: fingerprint(canonical(input)), onReplay };
}
