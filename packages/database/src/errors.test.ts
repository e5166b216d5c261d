import { describe, expect, test } from 'vitest';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import {
  checkViolation,
  databaseErrorCode,
  DatabaseDeadlineError,
  foreignKeyViolation,
  isDatabaseUnavailable,
  uniqueViolation,
} from './index.ts';

const failure = (fields: object): Error => Object.assign(new Error('x'), fields);
const wrapped = (fields: object): Error => new DrizzleQueryError('select $1', ['secret'], failure(fields));

describe('isDatabaseUnavailable', () => {
  test.each([
    '08006',
    '53300',
    '57P01',
    '57P03',
    '57P05',
    '58030',
    '57014',
    '55P03',
    '25P03',
    '40001',
    '40P01',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'CONNECTION_DESTROYED',
    'CONNECT_TIMEOUT',
    'QUEUE_TIMEOUT',
  ])('%s is, wrapped or not', (code) => {
    expect(isDatabaseUnavailable(failure({ code }))).toBe(true);
    expect(isDatabaseUnavailable(wrapped({ code }))).toBe(true);
  });

  test.each(['23505', '42P01', '22P02', '28P01', '57P06'])('%s is not', (code) => {
    expect(isDatabaseUnavailable(wrapped({ code }))).toBe(false);
  });

  test('a network code counts when it comes from a connection, not from a file', () => {
    expect(isDatabaseUnavailable(failure({ code: 'ECONNREFUSED', syscall: 'connect' }))).toBe(true);
    expect(isDatabaseUnavailable(failure({ code: 'ECONNRESET', query: 'select' }))).toBe(true);
    expect(isDatabaseUnavailable(failure({ code: 'ENOENT', syscall: 'open' }))).toBe(false);
    const twoAddresses = new AggregateError([failure({ code: 'ECONNREFUSED', syscall: 'connect' })]);
    expect(isDatabaseUnavailable(new Error('outer', { cause: twoAddresses }))).toBe(true);
  });

  test('a deadline is; nonsense and cycles are not', () => {
    expect(isDatabaseUnavailable(new Error('outer', { cause: new DatabaseDeadlineError(5) }))).toBe(true);
    const cycle: { cause?: unknown } = {};
    cycle.cause = cycle;
    for (const value of [undefined, null, 'CONNECTION_CLOSED', 7, {}, cycle])
      expect(isDatabaseUnavailable(value)).toBe(false);
  });
});

test('violations answer with the name of what refused', () => {
  const unique = wrapped({ code: '23505', constraint_name: 'users_email_key' });
  expect(uniqueViolation(unique)).toBe('users_email_key');
  expect(foreignKeyViolation(unique)).toBeUndefined();
  expect(foreignKeyViolation(wrapped({ code: '23503', constraint_name: 'fk' }))).toBe('fk');
  expect(checkViolation(wrapped({ code: '23514', constraint_name: 'c' }))).toBe('c');
  expect(uniqueViolation(new Error('x'))).toBeUndefined();
  expect(databaseErrorCode(unique)).toBe('23505');
});
