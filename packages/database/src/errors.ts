import { DatabaseDeadlineError } from './deadline.ts';

// These helpers answer with codes and constraint names only: the message of a DrizzleQueryError holds the SQL and its
// parameters, and PostgreSQL's `detail` holds values.

const DRIVER_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'QUEUE_TIMEOUT',
  'ANSWER_TIMEOUT',
]);

const NETWORK_CODES = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * 08 connection, 53 out of resources, 58 system error, 57P0x shutdown; then what ends a statement or a transaction that
 * would succeed at another time: cancelled (57014), lock or transaction timeouts, serialization failure, deadlock.
 */
const SQLSTATE_UNAVAILABLE = /^(?:08...|53...|58...|57P0[1-5]|57014|55P03|25P03|25P04|40001|40P01)$/;

interface ErrorFacts {
  code: string | undefined;
  constraint: string | undefined;
  isFromDriver: boolean;
}

/** The error and what caused it, outermost first; the parts of an AggregateError (a host with two addresses) too. */
function* chain(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== 'object' || error === null || depth > 8) return;
  yield error;
  if (error instanceof AggregateError) for (const part of error.errors) yield* chain(part, depth + 1);
  if ('cause' in error) yield* chain(error.cause, depth + 1);
}

function facts(error: object): ErrorFacts {
  const text = (key: string): string | undefined => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? value : undefined;
  };
  const syscall = text('syscall');
  return {
    code: text('code'),
    constraint: text('constraint_name'),
    // A network code alone says nothing (ENOENT is a missing file, too); postgres.js marks what it rejects with `query`.
    isFromDriver: 'query' in error || syscall === 'connect' || syscall === 'getaddrinfo',
  };
}

/**
 * Whether the database could not do its work now and may later: no connection, shutting down, out of resources, out of
 * time, deadlock. The answer is 503 with Retry-After, never 500. Walks `cause`.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (const link of chain(error)) {
    if (link instanceof DatabaseDeadlineError) return true;
    const { code, isFromDriver } = facts(link);
    if (code === undefined) continue;
    if (DRIVER_CODES.has(code) || SQLSTATE_UNAVAILABLE.test(code)) return true;
    if (isFromDriver && NETWORK_CODES.has(code)) return true;
  }
  return false;
}

/** The SQLSTATE or driver code of the innermost cause that has one: what a log line may say about a database error. */
export function databaseErrorCode(error: unknown): string | undefined {
  let found: string | undefined;
  for (const link of chain(error)) found = facts(link).code ?? found;
  return found;
}

/** The unique constraint or index that refused a row (23505), or undefined. */
export const uniqueViolation = (error: unknown): string | undefined => violated(error, '23505');

/** The foreign key that refused a row (23503), or undefined. */
export const foreignKeyViolation = (error: unknown): string | undefined => violated(error, '23503');

/** The CHECK constraint that refused a row (23514), or undefined. */
export const checkViolation = (error: unknown): string | undefined => violated(error, '23514');

function violated(error: unknown, sqlState: string): string | undefined {
  for (const link of chain(error)) {
    const { code, constraint } = facts(link);
    if (code === sqlState) return constraint;
  }
  return undefined;
}
