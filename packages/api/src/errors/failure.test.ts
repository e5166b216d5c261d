import { AppError, errorCodes, errorKinds, isErrorCode } from '@taskmaster/core/errors';
import { DatabaseDeadlineError } from '@taskmaster/database';
import { TRPCError } from '@trpc/server';
import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { useTestWorld } from '../testing/use-test-world.ts';
import { toFailure } from './failure.ts';
import { toProblem } from './problem.ts';

const secret = 'hunter2';
const inOutput = z.object({ password: z.string() }).safeParse({ password: 7 }).error;
const query = new DrizzleQueryError(`select * from users where password = '${secret}'`, [secret], new Error(secret));
const wrapped = (cause: unknown, code: TRPCError['code'] = 'INTERNAL_SERVER_ERROR') => new TRPCError({ code, cause });

const shown = (error: unknown) => {
  const failure = toFailure(error);
  const problem = toProblem(failure, { request_id: 'r', instance: '/' });
  return { failure, text: JSON.stringify([failure, problem]) };
};

describe('what is not meant for the client is masked, and marked for the log', () => {
  test.each<[string, unknown]>([
    ['an error', new Error(secret)],
    ['an error with a code of ours', Object.assign(new Error(secret), { code: 'TASK_NOT_FOUND', status: 404 })],
    ['an error of Drizzle, with its parameters', query],
    ['the same, wrapped by tRPC', wrapped(query)],
    ['an output that fails its schema', wrapped(inOutput)],
    ['a text', secret],
    ['an object', { message: secret, code: secret }],
    ['null', null],
    ['undefined', undefined],
    ['a bad request that a procedure made itself', wrapped(new Error(secret), 'CONFLICT')],
    ['an AggregateError', new AggregateError([new Error(secret)], secret)],
    ['an error that an error of Drizzle caused', wrapped(new Error(secret, { cause: query }))],
  ])('%s', (_, error) => {
    const { failure, text } = shown(error);
    expect(failure).toEqual({
      code: 'INTERNAL',
      status: 500,
      title: errorCodes.INTERNAL.title,
      detail: errorCodes.INTERNAL.title,
      headers: {},
      unexpected: true,
    });
    expect(text).not.toContain(secret);
    expect(text).not.toContain('select');
  });
});

describe('what tRPC says of a request is ours to say', () => {
  test.each([
    ['PARSE_ERROR', 'BAD_REQUEST'],
    ['BAD_REQUEST', 'BAD_REQUEST'],
    ['NOT_FOUND', 'ROUTE_NOT_FOUND'],
    ['METHOD_NOT_SUPPORTED', 'METHOD_NOT_ALLOWED'],
    ['PAYLOAD_TOO_LARGE', 'BODY_TOO_LARGE'],
    ['UNSUPPORTED_MEDIA_TYPE', 'UNSUPPORTED_MEDIA_TYPE'],
  ] as const)('%s is %s', (code, ours) => {
    const { failure, text } = shown(new TRPCError({ code, message: secret }));
    expect(failure).toMatchObject({ code: ours, unexpected: false });
    expect(text).not.toContain(secret);
  });

  test.each(['PARSE_ERROR', 'BAD_REQUEST'] as const)('%s is about JSON only where JSON could not be read', (code) => {
    const { failure, text } = shown(wrapped(new SyntaxError(secret), code));
    expect(failure).toMatchObject({ code: 'MALFORMED_JSON', unexpected: false });
    expect(shown(wrapped(new Error(secret), code)).failure).toMatchObject({ code: 'BAD_REQUEST', unexpected: false });
    expect(text).not.toContain(secret);
  });

  test('an input that fails its schema is a 422 with its fields, one entry for each unknown key', () => {
    const { error } = z
      .strictObject({ title: z.string(), tags: z.array(z.strictObject({ name: z.string() })) })
      .safeParse({ title: 1, tags: [{ name: 'x', more: 1 }], one: 1, two: 2 });
    expect(toFailure(wrapped(error, 'BAD_REQUEST'))).toMatchObject({
      code: 'VALIDATION_FAILED',
      status: 422,
      errors: [
        { path: 'title', code: 'invalid_type' },
        { path: 'tags.0.more', code: 'unrecognized_keys' },
        { path: 'one', code: 'unrecognized_keys' },
        { path: 'two', code: 'unrecognized_keys' },
      ],
    });
  });

  test.each([99, 100, 101, 50_000])('%i fields that are wrong give at most 100 entries, of bounded length', (count) => {
    const keys = Array.from({ length: count }, (_, i) => `${i}${'x'.repeat(300)}`);
    const strict = z.strictObject({}).safeParse(Object.fromEntries(keys.map((key) => [key, 1]))).error;
    const items = z.array(z.string()).safeParse(keys.map(() => 1)).error;
    for (const error of [strict, items]) {
      const { errors = [] } = toFailure(wrapped(error, 'BAD_REQUEST'));
      expect(errors.length).toBe(Math.min(count, 100));
      expect(Math.max(...errors.map(({ path }) => path.length))).toBeLessThanOrEqual(201);
    }
  });
});

describe('a database that is away is a 503 that says when to come again', () => {
  test.each<[string, unknown]>([
    ['no connection', Object.assign(new Error(secret), { code: 'CONNECT_TIMEOUT' })],
    ['too long a wait', new DatabaseDeadlineError(1)],
    ['a cancelled statement', new DrizzleQueryError(secret, [], Object.assign(new Error(secret), { code: '57014' }))],
    ['the same, wrapped by tRPC', wrapped(new DatabaseDeadlineError(1))],
  ])('%s', (_, error) => {
    const { failure, text } = shown(error);
    expect(failure).toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
      headers: { 'retry-after': '1' },
      unexpected: false,
    });
    expect(text).not.toContain(secret);
  });
});

test('every code of ours leaves as it is, with the status of its kind', () => {
  for (const code of Object.keys(errorCodes).filter(isErrorCode)) {
    const failure = toFailure(wrapped(new AppError(code)));
    expect(failure).toMatchObject({ code, status: errorKinds[errorCodes[code].kind].status, unexpected: false });
    expect('www-authenticate' in failure.headers).toBe(failure.status === 401);
  }
});

test('a refusal carries its headers and fields', () => {
  const error = new AppError('RATE_LIMITED', { detail: 'wait', retryAfterSeconds: 7, headers: { ratelimit: 'x' } });
  expect(toFailure(error)).toMatchObject({ detail: 'wait', headers: { ratelimit: 'x', 'retry-after': '7' } });
  const problem = toProblem(toFailure(error), { request_id: 'r-1', instance: '/api/v1/auth/login' });
  expect(problem).toEqual({
    type: '/api/v1/docs/errors#RATE_LIMITED',
    title: 'Too many requests',
    status: 429,
    detail: 'wait',
    instance: '/api/v1/auth/login',
    code: 'RATE_LIMITED',
    request_id: 'r-1',
  });
});

describe('through a procedure', () => {
  const world = useTestWorld();

  test('a fault of the database is masked like any other', async () => {
    const { owner, person } = world();
    const ann = await person();
    await owner.unsafe('alter table tasks rename to elsewhere');
    const error: unknown = await ann.api.tasks.list({ search: secret }).catch((thrown: unknown) => thrown);
    await owner.unsafe('alter table elsewhere rename to tasks');
    expect(error).toBeInstanceOf(TRPCError);
    const { failure, text } = shown(error);
    expect(failure).toMatchObject({ code: 'INTERNAL', unexpected: true });
    expect(text).not.toContain(secret);
    expect(text).not.toContain('elsewhere');
  });
});
