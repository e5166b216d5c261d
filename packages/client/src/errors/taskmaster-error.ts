import type { ErrorCode, FieldError } from '@taskmaster/core/errors';

/**
 * Codes that no server sends. `NETWORK`: no answer came, or not all of it; whether the call took effect is not known.
 * `PROTOCOL`: something answered that is not this version of TaskMaster Pro, such as a proxy with a page of its own.
 */
export type ClientErrorCode = 'NETWORK' | 'PROTOCOL';

/** Everything that a call can be refused with. Closed: switch on it. */
export type TaskmasterErrorCode = ErrorCode | ClientErrorCode;

export interface TaskmasterErrorOptions {
  /** HTTP status; 0 where no answer came. */
  status?: number;
  request_id?: string;
  errors?: readonly FieldError[];
  retry_after_seconds?: number;
  cause?: unknown;
}

/** What every call of the client throws, except that an aborted one throws its signal's reason, as `fetch` does. */
export class TaskmasterError<Code extends TaskmasterErrorCode = TaskmasterErrorCode> extends Error {
  override readonly name = 'TaskmasterError';
  readonly code: Code;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The server's name for the request: part of a useful bug report. Empty where no answer came. */
  readonly request_id: string;
  /** With `VALIDATION_FAILED`: one entry per bad field, `path` dotted from the root of the input. */
  readonly errors: readonly FieldError[] | undefined;
  /** With `RATE_LIMITED` and `UNAVAILABLE`: how long to wait, where the server says so. */
  readonly retry_after_seconds: number | undefined;

  constructor(code: Code, message: string, options: TaskmasterErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 0;
    this.request_id = options.request_id ?? '';
    this.errors = options.errors;
    this.retry_after_seconds = options.retry_after_seconds;
  }
}

/** Whether this is an error of the client, of one of these codes if any are given; narrows `code` to them. */
export function isTaskmasterError<Code extends TaskmasterErrorCode = TaskmasterErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is TaskmasterError<Code> {
  if (!(error instanceof TaskmasterError)) return false;
  const wanted: readonly TaskmasterErrorCode[] = codes;
  return wanted.length === 0 || wanted.includes(error.code);
}
