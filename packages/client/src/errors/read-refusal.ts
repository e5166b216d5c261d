import { isErrorCode } from '@taskmaster/core/wire';
import type { FieldError } from '@taskmaster/core/errors';
import type { TaskmasterErrorOptions } from './taskmaster-error.ts';
import { TaskmasterError } from './taskmaster-error.ts';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isFieldError = (value: unknown): value is FieldError =>
  isRecord(value) &&
  typeof value['path'] === 'string' &&
  typeof value['message'] === 'string' &&
  typeof value['code'] === 'string';

/**
 * The refusal in an answer: `code`, `request_id` and `errors` stand in a problem document of REST as they do in
 * `error.data.error` of typed RPC. Anything else, a code of a later server included, is `PROTOCOL`.
 */
export function readRefusal(refusal: unknown, message: string, more: TaskmasterErrorOptions): TaskmasterError {
  if (!isRecord(refusal) || typeof refusal['code'] !== 'string' || !isErrorCode(refusal['code'])) {
    return new TaskmasterError('PROTOCOL', message, more);
  }
  const { code, request_id, errors } = refusal;
  return new TaskmasterError(code, message, {
    ...more,
    request_id: typeof request_id === 'string' ? request_id : '',
    ...(Array.isArray(errors) && { errors: errors.filter(isFieldError) }),
  });
}

/** `Retry-After` in seconds, where it is a number. */
export function retryAfter(headers: Headers): Pick<TaskmasterErrorOptions, 'retry_after_seconds'> {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retry_after_seconds: seconds } : {};
}
