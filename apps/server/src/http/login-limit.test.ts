import { rateLimits } from '@taskmaster/core/tables';
import { expect, test } from 'vitest';
import type { Answer } from '../testing/http-client.ts';
import { isStarted, openTyped, subscription } from '../testing/socket-client.ts';
import { startTestServer } from '../testing/test-server.ts';
import type { TestServer } from '../testing/test-server.ts';

const input = { email: 'nobody@example.com', password: 'wrong-horse-battery' };
const json = { 'content-type': 'application/json' };

/** How many passwords were looked at, and how many logins refused before that. */
async function countOutcomes(answers: readonly Promise<Answer>[]) {
  const texts = (await Promise.all(answers)).map(({ text }) => text);
  const count = (code: string) => texts.join('\n').split(`"code":"${code}"`).length - 1;
  return { evaluated: count('INVALID_CREDENTIALS'), refused: count('RATE_LIMITED') };
}

const login = (server: TestServer, headers: Record<string, string | string[]> = {}) =>
  server.rest('POST', '/auth/login', { body: input, headers });

async function twoServers(env: NodeJS.ProcessEnv = {}) {
  await using cleanup = new AsyncDisposableStack();
  const one = cleanup.use(await startTestServer({ env: { RATE_LIMIT_LOGIN: '5/minute', ...env }, connections: 64 }));
  const other = cleanup.use(
    await startTestServer({
      env: { RATE_LIMIT_LOGIN: '5/minute', ...env, DATABASE_URL: one.env.DATABASE_URL },
      connections: 64,
    }),
  );
  const resources = cleanup.move();
  return { one, other, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test('50 logins at once on one server, then 25 and 25 on two: exactly 5 are evaluated', async () => {
  await using servers = await twoServers();
  const { one, other } = servers;
  const alone = Array.from({ length: 50 }, () => login(one));
  expect(await countOutcomes(alone)).toEqual({ evaluated: 5, refused: 45 });
  await one.db.delete(rateLimits);
  await expect.poll(async () => (await login(other)).status, { timeout: 5_000 }).toBe(401);
  await one.db.delete(rateLimits);
  // What a server remembers of a refusal it remembers for a second.
  await expect.poll(async () => (await login(one)).status, { timeout: 5_000 }).toBe(401);
  const both = Array.from({ length: 50 }, (_, i) => login(i % 2 ? one : other));
  const { evaluated, refused } = await countOutcomes(both);
  expect({ evaluated, refused }).toEqual({ evaluated: 4, refused: 46 });
});

test('whatever header, path or surface a login comes by, it is one budget', async () => {
  await using servers = await twoServers();
  const { one, other } = servers;
  const ann = await one.person();
  await one.db.delete(rateLimits);
  const headers = ['x-forwarded-for', 'X-FORWARDED-FOR', 'forwarded', 'x-real-ip', 'true-client-ip', 'x-client-ip'];
  const values = ['203.0.113.1', '203.0.113.2, 203.0.113.3', '::1', '2001:db8::1', 'unknown', ''];
  const paths = [
    '/api/v1/auth/login/',
    '/api/v1//auth/login',
    '/API/v1/Auth/Login',
    '/api/v1/auth/%6cogin',
    '/api/v1/./auth/login',
  ];
  const batch = { raw: JSON.stringify({ 0: input, 1: input, 2: input }), headers: json };
  const answers = [
    ...headers.flatMap((name) => values.map((value) => login(one, { [name]: value }))),
    login(other, { 'x-forwarded-for': ['203.0.113.8', '203.0.113.9'] }),
    ...paths.map((path) => other.call('POST', path, { body: input })),
    ...Array.from({ length: 3 }, () => other.rpc('mutation', 'auth.login', input)),
    one.call('POST', '/trpc/auth.login,auth.login,auth.login?batch=1', batch),
  ];
  const { evaluated, refused } = await countOutcomes(answers);
  expect(evaluated).toBe(5);
  expect(refused).toBeGreaterThan(30);

  const socket = await openTyped(one, ann);
  socket.send({ ...subscription(1, 'auth.login', { input }), method: 'mutation' });
  const isAnswer = (frame: Record<string, unknown>) => frame['id'] === 1;
  const answer = await socket.find(isAnswer, 'the answer of the login');
  expect(isStarted(1)(answer ?? {})).toBe(false);
  expect(JSON.stringify(answer)).toContain('RATE_LIMITED');
  socket.ws.terminate();
});

test('behind a proxy that is believed, one address in any spelling, and its /64, is one budget', async () => {
  await using servers = await twoServers({ TRUST_PROXY_HOPS: '1' });
  const { one, other } = servers;
  const spellings = [
    '2001:db8:0:7::1',
    '2001:0db8:0000:0007:0000:0000:0000:0001',
    '2001:DB8:0:7::1',
    '2001:db8:0:7:ffff:ffff:ffff:ffff',
    '2001:db8:0:7::192.0.2.1',
    '198.51.100.1, 2001:db8:0:7::2',
    ' 2001:db8:0:7::3 ',
  ];
  const sixes = spellings.flatMap((address) =>
    [one, other].map((server) => login(server, { 'x-forwarded-for': address })),
  );
  expect(await countOutcomes(sixes)).toEqual({ evaluated: 5, refused: 9 });
  const mapped = ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:0201', '0:0:0:0:0:ffff:192.0.2.1'];
  const fours = mapped.flatMap((address) =>
    [one, other].map((server) => login(server, { 'x-forwarded-for': address })),
  );
  expect(await countOutcomes(fours)).toEqual({ evaluated: 5, refused: 3 });
});
