import { idempotencyKeyLimits } from '@taskmaster/core/contracts';
import type { ErrorCode } from '@taskmaster/core/errors';
import type { OperationHeaders, OperationInfo } from '@taskmaster/rest';
import { idempotencyKeyHeader, replayedHeader } from '../http/idempotency-key.ts';

/** Why a POST needs no key: its answer holds tokens, which are kept nowhere, or to repeat it changes nothing. */
const safeWithout: Record<string, string> = {
  'auth.login': 'Has no effect here: tokens are not kept, so that each login is a session of its own.',
  'auth.refresh': 'Has no effect here: for 10 s a repeated refresh gives the same successor by itself.',
  'auth.logout': 'Has no effect here: to end a session again changes nothing.',
  'sessions.endAll': 'Has no effect here: whoever repeats it has no session any more.',
};

const isRepeatable = ({ id, method }: OperationInfo) => method === 'POST' && safeWithout[id] === undefined;

export const replayed = {
  [replayedHeader]: {
    required: false,
    description: '`true` where this is the answer that the key was given before.',
    schema: { type: 'string', const: 'true' },
  },
} as const;

export function idempotencyHeaders(operation: OperationInfo): OperationHeaders | undefined {
  if (operation.method !== 'POST') return undefined;
  const description =
    safeWithout[operation.id] ??
    [
      'Makes it safe to send the request again, such as a UUID: for 24 h the answer to the same input is the first one.',
      'A request that failed has left nothing, and is done again.',
    ].join(' ');
  const schema = {
    type: 'string',
    minLength: idempotencyKeyLimits.length.min,
    maxLength: idempotencyKeyLimits.length.max,
    pattern: '^[!-~]+$',
  } as const;
  return {
    request: [{ name: idempotencyKeyHeader, in: 'header', description, schema }],
    response: isRepeatable(operation) ? replayed : {},
  };
}

export const idempotencyProblems = (operation: OperationInfo): readonly ErrorCode[] =>
  isRepeatable(operation) ? ['IDEMPOTENCY_KEY_MALFORMED', 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED'] : [];
