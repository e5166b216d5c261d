import { expect, test } from 'vitest';
import { AppError, describeError, errorCodes, errorKinds, invalidField, isErrorCode } from '../errors.ts';

test('every code has a kind, and every kind has a status of the contract and a code of tRPC', () => {
  const codes = Object.keys(errorCodes).filter(isErrorCode);
  expect(codes).toHaveLength(Object.keys(errorCodes).length);
  const statuses = new Set(codes.map((code) => describeError(code).status));
  expect([...statuses].toSorted((one, other) => one - other)).toEqual([
    400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 416, 417, 422, 429, 431, 500, 503,
  ]);
  for (const code of codes) {
    const { rpc, title } = describeError(code);
    expect(rpc).toMatch(/^[A-Z_]+$/);
    expect(title).not.toBe('');
  }
});

test('every kind is used by a code', () => {
  const used = new Set<string>(Object.values(errorCodes).map(({ kind }) => kind));
  expect(Object.keys(errorKinds).filter((kind) => !used.has(kind))).toEqual([]);
});

test.each(['toString', 'constructor', '__proto__', '', 'task_not_found'])('%j is no code', (code) => {
  expect(isErrorCode(code)).toBe(false);
});

test("an error says its code's title, or a detail of its own", () => {
  expect(new AppError('TASK_NOT_FOUND')).toMatchObject({
    message: 'No such task',
    code: 'TASK_NOT_FOUND',
    headers: {},
  });
  expect(new AppError('TASK_NOT_FOUND', { detail: 'gone' }).message).toBe('gone');
  expect(invalidField('a.b', 'Is wrong', 'wrong')).toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: [{ path: 'a.b', message: 'Is wrong', code: 'wrong' }],
  });
});
