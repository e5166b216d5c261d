import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTaskmasterClient } from '../create-client.ts';
import type { Fetch } from '../http/fetch.ts';
import type { TaskmasterClientOptions } from '../options.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';
import type { TaskmasterErrorCode } from './taskmaster-error.ts';
import { isTaskmasterError } from './taskmaster-error.ts';

/** The server lets one address have half of them. */
const mostInFlight = 10;
const requestsPerMinute = 40;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    ALLOWED_HOSTS: '["127.0.0.1"]',
    BODY_TIMEOUT_SECONDS: '2',
    MAX_REQUESTS_IN_FLIGHT: String(mostInFlight),
    RATE_LIMIT_ALL: `${requestsPerMinute}/minute`,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const password = 'correct horse battery';
const login = (options: Partial<TaskmasterClientOptions> = {}) =>
  createTaskmasterClient({ url: server.url, ...options })
    .auth.login({ email: 'nobody', password })
    .catch((error: unknown) => error);

function narrowed<Code extends TaskmasterErrorCode>(error: unknown, code: Code) {
  if (!isTaskmasterError(error, code)) throw new Error(`not ${code}`, { cause: error });
  expect(error.request_id).not.toBe('');
  return error;
}

/** Begins a body, and does not go on until it is answered. */
function halfSent(onBegun: () => void): Fetch {
  return (input, init) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
      pull: () => onBegun(),
    });
    const half: RequestInit & { duplex: 'half' } = { ...init, body, duplex: 'half' };
    return fetch(input, half);
  };
}

test('a Host that is not allowed', async () => {
  expect(narrowed(await login({ url: server.url.replace('127.0.0.1', 'localhost') }), 'BAD_REQUEST').status).toBe(400);
});

test('a body that stands still, and beside too many of them a call that is not taken', async () => {
  const standing = Array.from({ length: mostInFlight / 2 }, () => {
    const begun = Promise.withResolvers<void>();
    return { begun: begun.promise, outcome: login({ fetch: halfSent(begun.resolve) }) };
  });
  await Promise.all(standing.map(({ begun }) => begun));
  await expect.poll(() => login()).toMatchObject({ code: 'UNAVAILABLE' });
  const { status, retry_after_seconds } = narrowed(await login(), 'UNAVAILABLE');
  expect({ status, retry_after_seconds }).toEqual({ status: 503, retry_after_seconds: expect.any(Number) });
  for (const { outcome } of standing) expect(narrowed(await outcome, 'REQUEST_TIMEOUT').status).toBe(408);
});

test('more requests than one address may send', async () => {
  for (let n = 0; n < requestsPerMinute; n++) await login();
  const { status, retry_after_seconds } = narrowed(await login(), 'RATE_LIMITED');
  expect({ status, retry_after_seconds }).toEqual({ status: 429, retry_after_seconds: expect.any(Number) });
  const anonymous = createTaskmasterClient({ url: server.url });
  const registering = anonymous.auth.register({ email: 'a@example.com', username: 'ann', password });
  await expect(registering, 'a call that travels alone').rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429 });
});
