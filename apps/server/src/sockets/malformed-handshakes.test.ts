import { until } from '@taskmaster/testing';
import { createAccessTokens } from '@taskmaster/api';
import { secretKey } from '@taskmaster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNeighbour } from '../testing/neighbour.ts';
import { handshake, openPlain, sendHandshake } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer, TestUser } from '../testing/socket-server.ts';

const unknown = '01890000-0000-7000-8000-000000000000';
const origin = 'https://app.example';

let server: TestServer;
let user: TestUser;
let neighbour: Awaited<ReturnType<typeof createNeighbour>>;
beforeAll(async () => {
  server = await createTestServer({ allowedOrigins: [origin] });
  user = await server.createUser();
  neighbour = await createNeighbour(server);
});
afterAll(async () => server[Symbol.asyncDispose]());

const mine = (token: string) => `/ws/${user.id}?token=${token}`;
const unsigned = (claims: object) =>
  `${[{ alg: 'none', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
const claims = () => ({ user_id: user.id, session_id: user.session_id });
const signedWith = (key: string, lifetimeSeconds: number) =>
  createAccessTokens({ secretKey: key, algorithm: 'HS256', lifetimeSeconds }).sign(claims());

async function refreshToken(): Promise<string> {
  const account = { email: 'r@example.com', username: 'refresher', password: 'correct horse battery' };
  const from = { request_id: 'test', ip_address: null, user_agent: null };
  await server.services.auth.register(from, account);
  return (await server.services.auth.login(from, account)).refresh_token;
}

type Request = string | (() => string | Promise<string>);

const cases: [what: string, status: number, request: Request][] = [
  ['another path', 404, handshake('/')],
  ['no path', 404, handshake('//')],
  ['two slashes', 404, handshake('//trpc')],
  ['a path below', 404, handshake('/trpc/notifications')],
  ['a longer name', 404, handshake('/trpcs')],
  ['dots', 404, handshake('/ws/../trpc')],
  ['an absolute target', 404, handshake('http://localhost/trpc')],
  ['an asterisk', 404, handshake('*')],
  ['/ws alone', 404, handshake('/ws')],
  ['/ws/ alone', 404, handshake('/ws/')],
  ['/ws with more', 404, handshake(`/ws/${unknown}/more?token=x`)],
  ['a path that cannot be decoded', 400, handshake('/ws/%zz?token=x')],
  ['bytes that are no UTF-8', 400, handshake('/ws/%ff%fe?token=x')],
  ['an unknown query parameter', 422, () => handshake(`${mine(user.token)}&verbose=1`)],
  ['a token that is given twice', 422, () => handshake(`${mine(user.token)}&token=${user.token}`)],
  ['a parameter of the other socket', 422, () => handshake(`${mine(user.token)}&connectionParams=1`)],
  ['an unknown query parameter of typed RPC', 422, handshake('/trpc?connectionParams=1&verbose=1')],
  ['a token in the query of typed RPC', 422, () => handshake(`/trpc?token=${user.token}`)],
  ['a parameter named __proto__', 422, handshake('/trpc?__proto__=1')],
  ['no token', 401, handshake(`/ws/${unknown}`)],
  ['an empty token', 401, handshake(`/ws/${unknown}?token=`)],
  ['a token that is none', 401, handshake(`/ws/${unknown}?token=a.b.c`)],
  ['a token of 15,000 characters', 401, handshake(`/ws/${unknown}?token=${'x'.repeat(15_000)}`)],
  ['a refresh token', 401, async () => handshake(mine(await refreshToken()))],
  ['an expired token', 401, async () => handshake(mine(await signedWith(secretKey, -60)))],
  ['a token that somebody else signed', 401, async () => handshake(mine(await signedWith('k'.repeat(32), 900)))],
  ['a token that nobody signed', 401, () => handshake(mine(unsigned({ sub: user.id, sid: user.session_id })))],
  ['a token in another case', 401, () => handshake(mine(user.token.toLowerCase()))],
  ['a good token in the header alone', 401, () => handshake(mine(''), { Authorization: `Bearer ${user.token}` })],
  ["a good token at another user's id", 403, () => handshake(`/ws/${unknown}?token=${user.token}`)],
  ['a good token at an id that is none', 403, () => handshake(`/ws/not-an-id?token=${user.token}`)],
  ['another origin', 403, handshake('/trpc', { Origin: 'https://evil.example' })],
  ['an origin that begins like ours', 403, handshake('/trpc', { Origin: `${origin}.evil.example` })],
  ['our origin over another protocol', 403, handshake('/trpc', { Origin: 'http://app.example' })],
  ['the origin null', 403, handshake('/trpc', { Origin: 'null' })],
  ['a Host with a blank', 400, handshake('/trpc', { Host: 'a b' })],
  ['a Host with a path', 400, handshake('/trpc', { Host: 'a/b' })],
  ['a Host with a user', 400, handshake('/trpc', { Host: 'user@a' })],
  ['an empty Host', 400, handshake('/trpc', { Host: '' })],
  ['two Hosts', 400, handshake('/trpc', { 'X-One': 'x\r\nHost: other' })],
  ['another protocol', 400, handshake('/trpc', { Upgrade: 'h2c' })],
  ['no key', 400, handshake('/trpc', { 'Sec-WebSocket-Key': undefined })],
  ['a bad key', 400, handshake('/trpc', { 'Sec-WebSocket-Key': 'short' })],
  ['no version', 400, handshake('/trpc', { 'Sec-WebSocket-Version': undefined })],
  ['an old version', 400, handshake('/trpc', { 'Sec-WebSocket-Version': '7' })],
  ['a bad subprotocol', 400, handshake('/trpc', { 'Sec-WebSocket-Protocol': 'a,,b' })],
  ['POST', 405, handshake('/trpc', { 'Content-Length': '0' }, 'POST')],
  ['HEAD', 405, handshake('/trpc', {}, 'HEAD')],
];

test.each(cases)('%s: %i', async (_what, status, request) => {
  const answer = await sendHandshake(server, typeof request === 'string' ? request : await request());
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head.toLowerCase()).toContain('connection: close');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status });
  expect(/www-authenticate: bearer/i.test(head)).toBe(status === 401);
});

test('a method or a version that is not taken is told which one is', async () => {
  const [method, version] = [handshake('/trpc', {}, 'POST'), handshake('/trpc', { 'Sec-WebSocket-Version': '7' })];
  expect(await sendHandshake(server, method)).toContain('\r\nallow: GET\r\n');
  expect(await sendHandshake(server, version)).toContain('\r\nsec-websocket-version: 13\r\n');
});

test('what is good beside all that: the origin on the list, none at all, the user', async () => {
  for (const changes of [{ Origin: origin }, {}]) {
    await expect(sendHandshake(server, handshake('/trpc', changes), 100)).rejects.toThrow('101 Switching Protocols');
  }
  await expect(sendHandshake(server, handshake('/trpc?connectionParams=1'), 100)).rejects.toThrow(
    '101 Switching Protocols',
  );
  const { ws } = await openPlain(server, user);
  ws.terminate();
});

test('compression, which costs memory and unpacks to any size, is offered in vain', async () => {
  const { ws } = await openPlain(server, user);
  expect(ws.extensions).toBe('');
  ws.terminate();
});

test('what is refused of a query is named by its key', async () => {
  const answer = await sendHandshake(server, handshake(`${mine('a-secret-token')}&verbose=shown-to-nobody`));
  const errors = [expect.objectContaining({ path: 'verbose' })];
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'VALIDATION_FAILED', errors });
  expect(answer).not.toMatch(/a-secret-token|shown-to-nobody/);
});

test('the answer names neither query nor token', async () => {
  const answer = await sendHandshake(server, handshake(`/ws/${unknown}?token=a-secret-token`));
  expect(answer).not.toContain('a-secret-token');
});

test('a healthy client beside it has noticed nothing', async () => {
  const { sent, heard, isOpen, longestMs } = await neighbour.stop();
  expect(sent).toBeGreaterThan(1);
  expect({ heard, isOpen }).toEqual({ heard: [sent, sent], isOpen: true });
  expect(longestMs).toBeLessThan(1_000);
  await until(() => server.sockets.stats().places === 0, 'every place to be free');
});
