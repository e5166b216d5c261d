import { AppError, describeError } from '@taskmaster/core/errors';
import type { ErrorCode, ErrorKind, FieldError } from '@taskmaster/core/errors';
import { isDatabaseUnavailable } from '@taskmaster/database';
import { TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { fieldErrors } from './field-errors.ts';

/** Any thrown value, as the client may know it. `unexpected` marks what the log has to show as a fault of ours. */
export interface Failure {
  code: ErrorCode;
  status: number;
  title: string;
  detail: string;
  errors?: readonly FieldError[];
  headers: Readonly<Record<string, string>>;
  unexpected: boolean;
}

const unavailableRetrySeconds = 1;

/** The one place where errors are translated, for REST, typed RPC and sockets alike. */
export function toFailure(error: unknown): Failure {
  if (error instanceof AppError) return fromAppError(error);
  if (error instanceof ZodError) return describe('VALIDATION_FAILED', { errors: fieldErrors(error) });
  if (isDatabaseUnavailable(error)) {
    return describe('UNAVAILABLE', { headers: { 'retry-after': String(unavailableRetrySeconds) } });
  }
  if (error instanceof TRPCError) return fromTrpcError(error);
  return describe('INTERNAL', { unexpected: true });
}

function fromAppError(error: AppError): Failure {
  const retry = error.retryAfterSeconds;
  return describe(error.code, {
    detail: error.message,
    ...(error.errors && { errors: error.errors }),
    headers: { ...error.headers, ...(retry !== undefined && { 'retry-after': String(retry) }) },
  });
}

/** tRPC wraps what a procedure throws; its own complaints about a request come without a cause that we know. */
function fromTrpcError(error: TRPCError): Failure {
  if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) return toFailure(error.cause);
  switch (error.code) {
    case 'PARSE_ERROR':
    case 'BAD_REQUEST':
      // A body, a value of the query or a frame; what is JSON, but not what it should say, has another cause or none.
      if (error.cause instanceof SyntaxError) return describe('MALFORMED_JSON');
      return describe('BAD_REQUEST');
    case 'NOT_FOUND':
      return describe('ROUTE_NOT_FOUND');
    case 'METHOD_NOT_SUPPORTED':
      return describe('METHOD_NOT_ALLOWED');
    case 'TIMEOUT':
      return describe('REQUEST_TIMEOUT');
    case 'PAYLOAD_TOO_LARGE':
      return describe('BODY_TOO_LARGE');
    case 'UNSUPPORTED_MEDIA_TYPE':
      return describe('UNSUPPORTED_MEDIA_TYPE');
    default:
      // An output that fails its own schema has a ZodError too: that is our fault, not the client's.
      return error.cause === undefined || error.cause instanceof ZodError
        ? describe('INTERNAL', { unexpected: true })
        : toFailure(error.cause);
  }
}

/** What every answer of a kind says in its headers. Of a request that stood still the rest is not waited for. */
const headersOfKind: Partial<Record<ErrorKind, Readonly<Record<string, string>>>> = {
  unauthenticated: { 'www-authenticate': 'Bearer' },
  timed_out: { connection: 'close' },
};

function describe(code: ErrorCode, more: Partial<Failure> = {}): Failure {
  const { status, title, kind } = describeError(code);
  const headers = { ...headersOfKind[kind], ...more.headers };
  return { code, status, title, detail: title, unexpected: false, ...more, headers };
}
