import type { IncomingMessage } from 'node:http';
import type { IdempotencyKey } from '@taskmaster/api';
import type { Response } from 'express';

export const idempotencyKeyHeader = 'Idempotency-Key';
export const replayedHeader = 'Idempotency-Replayed';

type Answered = IncomingMessage & { res?: Response };

/** What makes a POST safe to repeat. A replayed answer says so in a header. */
export function idempotencyKeyOf(req: Answered): IdempotencyKey | undefined {
  const value = req.headers['idempotency-key'];
  if (value === undefined) return undefined;
  return {
    value: [value].flat().join(', '),
    onReplay: () => req.res?.setHeader(replayedHeader, 'true'),
  };
}
