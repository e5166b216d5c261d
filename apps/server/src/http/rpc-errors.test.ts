import { maxBatchSize } from '@taskmaster/core/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Answer, Asking } from '../testing/http-client.ts';
import { sendRaw } from '../testing/raw-request.ts';
import { startTestServer } from '../testing/test-server.ts';
import { useTestServer } from '../testing/use-test-server.ts';

const server = useTestServer();
const json = { 'content-type': 'application/json' };

const Refusal = z.strictObject({
  error: z.strictObject({
    code: z.int().negative(),
    message: z.string().min(1),
    data: z.strictObject({
      code: z.string(),
      httpStatus: z.int(),
      path: z.string().optional(),
      error: z.strictObject({ code: z.string(), request_id: z.uuid(), errors: z.array(z.unknown()).optional() }),
    }),
  }),
});

/** The code, where the answer is an error of tRPC in every respect: content type, status, request id. */
function codeOf({ status, headers, as }: Answer): string {
  const { data } = as(Refusal).error;
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect({ status, id: headers['x-request-id'] }).toEqual({ status: data.httpStatus, id: data.error.request_id });
  return `${status} ${data.error.code}`;
}

const typed = (type: string): Asking => ({ raw: '--x--', headers: { 'content-type': type } });

const batch = (calls: number) => `/trpc/${Array.from({ length: calls }, () => 'users.me').join(',')}?batch=1`;

describe('what typed RPC refuses before there is a call', () => {
  it.each<[string, string, string, Asking, string]>([
    ['a name that cannot be decoded', 'GET', '/trpc/%ff', {}, '400 MALFORMED_PATH'],
    ['no name', 'GET', '/trpc', {}, '404 ROUTE_NOT_FOUND'],
    ['an unknown name', 'GET', '/trpc/nothing.here', {}, '404 ROUTE_NOT_FOUND'],
    ['a path before the name', 'GET', '/trpc/any/thing/users.me', {}, '404 ROUTE_NOT_FOUND'],
    ['a path that goes up', 'GET', '/trpc/foo/../users.me', {}, '404 ROUTE_NOT_FOUND'],
    ['a path that goes up in disguise', 'GET', '/trpc/%2e%2e/users.me', {}, '404 ROUTE_NOT_FOUND'],
    ['a path before the name, in disguise', 'GET', '/trpc/any%2fusers.me', {}, '404 ROUTE_NOT_FOUND'],
    ['two slashes', 'GET', '/trpc//users.me', {}, '404 ROUTE_NOT_FOUND'],
    ['a path after the name', 'POST', '/trpc/auth.login/', { body: {} }, '404 ROUTE_NOT_FOUND'],
    ['paths in a batch', 'GET', '/trpc/users.me,x/users.me?batch=1', {}, '404 ROUTE_NOT_FOUND'],
    ['an unknown query parameter', 'GET', '/trpc/users.me?nonsense=1', {}, '422 VALIDATION_FAILED'],
    ['one of them twice', 'GET', '/trpc/users.me?batch=1&batch=1', {}, '422 VALIDATION_FAILED'],
    ['connection parameters that are none', 'GET', '/trpc/users.me?connectionParams=x', {}, '400 MALFORMED_JSON'],
    ['connection parameters of another shape', 'GET', '/trpc/users.me?connectionParams=[5]', {}, '400 BAD_REQUEST'],
    ['a mixed batch', 'GET', '/trpc/users.me,auth.logout?batch=1', {}, '400 BAD_REQUEST'],
    ['a batch that is too large', 'GET', batch(maxBatchSize + 1), {}, '413 BATCH_TOO_LARGE'],
    ['one with encoded commas', 'GET', batch(maxBatchSize + 1).replaceAll(',', '%2C'), {}, '413 BATCH_TOO_LARGE'],
    ['no type', 'POST', '/trpc/auth.login', { raw: '{}' }, '415 UNSUPPORTED_MEDIA_TYPE'],
    ['what begins like JSON', 'POST', '/trpc/auth.login', typed('application/jsonx'), '415 UNSUPPORTED_MEDIA_TYPE'],
    ['no JSON', 'POST', '/trpc/auth.login', { raw: '{', headers: json }, '400 MALFORMED_JSON'],
    ['too large a body', 'POST', '/trpc/auth.login', { body: 'x'.repeat(2 ** 20) }, '413 BODY_TOO_LARGE'],
  ])('%s', async (_, method, path, asking, expected) => {
    expect(codeOf(await server().call(method, path, asking))).toBe(expected);
  });

  it('a method that it does not know, whatever comes with it', async () => {
    for (const method of ['DELETE', 'PUT', 'PATCH', 'PROPFIND']) {
      const answer = await server().call(method, '/trpc/users.me', { headers: method === 'PUT' ? json : {} });
      expect(codeOf(answer)).toBe('405 METHOD_NOT_ALLOWED');
      expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
    }
  });

  it('a subscription, which is for the socket, alone and in a batch', async () => {
    // It was a 200 with an error in a stream.
    for (const path of ['/trpc/tasks.onChange', '/trpc/tasks.onChange,users.me?batch=1']) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await server().call(method, path, method === 'POST' ? { body: {} } : {});
        expect(codeOf(answer)).toBe('405 METHOD_NOT_ALLOWED');
        expect(answer.headers.allow).toBe('OPTIONS');
      }
    }
  });

  it('the method that a procedure is not called by', async () => {
    for (const [method, path, allow] of [
      ['GET', '/trpc/auth.login', 'POST, OPTIONS'],
      ['POST', '/trpc/users.me', 'GET, HEAD, OPTIONS'],
    ] as const) {
      const answer = await server().call(method, path, { headers: json });
      expect(codeOf(answer)).toBe('405 METHOD_NOT_ALLOWED');
      expect(answer.headers.allow).toBe(allow);
    }
  });

  it('what is no JSON in a query is no body', async () => {
    const { token } = await server().person();
    const answer = await server().call('GET', '/trpc/tasks.list?input={', { token });
    expect(codeOf(answer)).toBe('400 MALFORMED_JSON');
    expect(answer.as(Refusal).error.message).not.toMatch(/body/i);
  });

  it('an expected version of another type: 422, which says what one is', async () => {
    const { ask, token } = await server().person();
    const { id } = (await ask('POST', '/tasks', { title: 'a task' })).as(z.object({ id: z.uuid() }));
    for (const expected_version of ['1', null, ['1']]) {
      const input = { task_id: id, expected_version };
      const answer = await server().rpc('mutation', 'tasks.archive', input, { token });
      expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
      expect(answer.as(Refusal).error.data.error.errors).toEqual([
        {
          path: 'expected_version',
          message: 'Is neither a version (a whole number from 0 on) nor a list of at most 20',
          code: 'invalid_union',
        },
      ]);
    }
  });

  it('takes a batch of as many calls as it may have', async () => {
    const { token } = await server().person();
    const { status, as } = await server().call('GET', batch(maxBatchSize), { token });
    expect(status).toBe(200);
    expect(as(z.array(z.object({ result: z.unknown() })))).toHaveLength(maxBatchSize);
  });
});

it('who asks too often hears it in the shape of tRPC, once for a batch', async () => {
  await using limited = await startTestServer({ env: { RATE_LIMIT_ALL: '1/minute' } });
  await limited.call('GET', batch(2));
  const answer = await limited.call('GET', batch(2));
  expect(codeOf(answer)).toBe('429 RATE_LIMITED');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

describe('a body that does not come', () => {
  const slow = useTestServer({ env: { BODY_TIMEOUT_SECONDS: '1' } });
  const half = (path: string, type = 'application/json') =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\n{"email":`;

  it.each([
    ['over typed RPC', '/trpc/auth.login', 'application/json'],
    ['over REST', '/api/v1/auth/login', 'application/problem+json'],
  ])('%s is a 408, and the connection is closed', async (_, path, type) => {
    const [head = '', body = ''] = (await sendRaw(slow(), half(path))).split('\r\n\r\n', 2);
    expect(head).toMatch(/^HTTP\/1.1 408 /);
    expect(head.toLowerCase()).toContain('connection: close');
    expect(head.toLowerCase()).toContain(`content-type: ${type}`);
    expect(body).toContain('REQUEST_TIMEOUT');
  });
});
