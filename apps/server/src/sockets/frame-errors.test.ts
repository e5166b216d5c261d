import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openTyped } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer, TestUser } from '../testing/socket-server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await createTestServer();
  user = await server.createUser();
});
afterAll(async () => server[Symbol.asyncDispose]());

const Refusal = z.object({
  error: z.object({
    message: z.string(),
    data: z.object({ httpStatus: z.int(), error: z.object({ code: z.string() }) }),
  }),
});

/** How the frame is refused that comes after whatever the socket has been told before. */
async function refusalOf(frame: unknown, who?: TestUser): Promise<string> {
  const socket = await openTyped(server, who);
  socket.send(frame);
  const heard = Refusal.parse(await socket.find((one) => 'error' in one, 'an error'));
  socket.ws.terminate();
  // Of a frame nobody knows a body.
  expect(heard.error.message).not.toMatch(/body/i);
  return `${heard.error.data.httpStatus} ${heard.error.data.error.code}`;
}

const call = { id: 1, method: 'query', params: { path: 'users.me' } };
const say = (data: unknown) => ({ method: 'connectionParams', data });

test.each<[string, unknown, string]>([
  ['a call', call, '401 UNAUTHENTICATED'],
  ['several calls', [call, { ...call, id: 2 }], '401 UNAUTHENTICATED'],
  ['a number', 7, '401 UNAUTHENTICATED'],
  ['null', null, '401 UNAUTHENTICATED'],
  ['parameters without a token', say({}), '401 UNAUTHENTICATED'],
  ['no parameters', say(null), '401 UNAUTHENTICATED'],
  ['parameters left out', { method: 'connectionParams' }, '401 UNAUTHENTICATED'],
  ['a token that is a number', say({ token: 5 }), '400 BAD_REQUEST'],
  ['parameters that are a text', say('x'), '400 BAD_REQUEST'],
  ['no JSON', '{', '400 MALFORMED_JSON'],
])('the first frame is %s', async (_, frame, expected) => {
  expect(await refusalOf(frame)).toBe(expected);
});

test.each<[string, unknown, string]>([
  ['an id alone', { id: 1 }, '400 BAD_REQUEST'],
  ['no id', { ...call, id: null }, '400 BAD_REQUEST'],
  ['a path that is a number', { ...call, params: { path: 5 } }, '400 BAD_REQUEST'],
  ['another method', { ...call, method: 'x' }, '400 BAD_REQUEST'],
  ['a number', 7, '400 BAD_REQUEST'],
  ['null in a list', [null], '400 BAD_REQUEST'],
  ['no JSON', '{', '400 MALFORMED_JSON'],
])('a later frame is %s', async (_, frame, expected) => {
  expect(await refusalOf(frame, user)).toBe(expected);
});
