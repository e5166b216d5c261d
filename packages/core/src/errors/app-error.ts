import type { ErrorCode } from './errors.model.ts';
import { describeError } from './errors.model.ts';

/** One reason why an input is refused. `path` is dotted from the root of the input, empty for the input as a whole. */
export interface FieldError {
  path: string;
  message: string;
  code: string;
}

export interface AppErrorOptions {
  /** A sentence for the client about this very case; the code's title by default. */
  detail?: string;
  errors?: readonly FieldError[];
  retryAfterSeconds?: number;
  /** More headers of the HTTP answer, such as `RateLimit`. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** A refusal that is meant for the client. Whatever else is thrown becomes `INTERNAL` or `UNAVAILABLE`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? describeError(code).title, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
  }
}

/** The refusal of one field for a reason that only the database knows. */
export const invalidField = (path: string, message: string, code: string) =>
  new AppError('VALIDATION_FAILED', { detail: message, errors: [{ path, message, code }] });
