import { Problem } from '@taskmaster/core/errors';
import { hasRedis, startTestRedis, withRedis } from '@taskmaster/testing';
import { describe, expect, it } from 'vitest';
import { handshake, openSocket, sendHandshake } from '../testing/socket-client.ts';
import { startTestServer } from '../testing/test-server.ts';

const limit = 5;
const env = { RATE_LIMIT_ALL: `${limit}/minute` };

it('lets through as many as it says, counting them down, and refuses the next', async () => {
  await using server = await startTestServer({ env });
  const answers = [];
  for (let n = 0; n <= limit; n++) answers.push(await server.rest('GET', '/openapi.json'));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  const remaining = answers.map(({ headers }) => /r=(\d+)/.exec(String(headers['ratelimit']))?.[1]);
  expect(remaining).toEqual(['4', '3', '2', '1', '0', '0']);
  const last = answers.at(-1);
  expect(last?.as(Problem).code).toBe('RATE_LIMITED');
  expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
  // The policy names whose budget it is, by a digest; that of an upgrade (below) does not.
  expect(last?.headers['ratelimit-policy']).toMatch(new RegExp(`^"all"; q=${limit}; w=60; pk=:.+:$`));
  expect(last?.headers['ratelimit']).toMatch(/^"all"; r=0; t=[1-9]\d?$/);
});

it('counts REST and typed RPC together, and leaves the probes alone', async () => {
  await using server = await startTestServer({ env });
  for (let n = 0; n < limit; n++) await server.rpc('query', 'users.me');
  expect((await server.rest('GET', '/openapi.json')).status).toBe(429);
  expect((await server.rpc('query', 'users.me')).status).toBe(429);
  for (const path of ['/healthz', '/readyz', '/metrics']) expect((await server.call('GET', path)).status).toBe(200);
});

it('counts by the address of the client, which a header does not change where no proxy is trusted', async () => {
  await using server = await startTestServer({ env });
  const from = (address: string) => server.rest('GET', '/openapi.json', { headers: { 'x-forwarded-for': address } });
  for (let n = 0; n < limit; n++) await from(`192.0.2.${n}`);
  expect((await from('192.0.2.99')).status).toBe(429);
});

it('counts each client behind a trusted proxy, an IPv6 household as one', async () => {
  await using server = await startTestServer({ env: { ...env, TRUST_PROXY_HOPS: '1' } });
  const from = (address: string) => server.rest('GET', '/openapi.json', { headers: { 'x-forwarded-for': address } });
  for (let n = 0; n < limit; n++) await from(`2001:db8:1:2::${n}`);
  expect((await from('2001:db8:1:2:ffff::1')).status).toBe(429);
  expect((await from('2001:db8:1:3::1')).status).toBe(200);
});

const withBadToken = (headers?: Record<string, string>) => handshake('/ws/nobody?token=none', headers);

it('counts upgrades and requests together, and refuses one too many before its token is read', async () => {
  await using server = await startTestServer({ env });
  const { ws } = await openSocket(server, '/trpc');
  expect((await server.rest('GET', '/openapi.json')).status).toBe(200);
  for (let n = 2; n < limit; n++) expect(await sendHandshake(server, withBadToken())).toMatch(/^HTTP\/1\.1 401 /);
  const [head = '', body = ''] = (await sendHandshake(server, withBadToken())).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 429 /);
  expect(head).toContain('\r\ncontent-type: application/problem+json\r\n');
  expect(head).toMatch(/\r\nretry-after: [1-9]\d?\r\n/);
  expect(head).toMatch(/\r\nratelimit: "all"; r=0; t=[1-9]\d?\r\n/);
  expect(head).toContain(`\r\nratelimit-policy: "all"; q=${limit}; w=60\r\n`);
  expect(Problem.parse(JSON.parse(body)).code).toBe('RATE_LIMITED');
  await expect(openSocket(server, '/trpc')).rejects.toThrow('refused with 429');
  expect((await server.rest('GET', '/openapi.json')).status).toBe(429);
  ws.terminate();
});

it('counts the upgrades of each client behind a trusted proxy, an IPv6 household as one', async () => {
  await using server = await startTestServer({ env: { ...env, TRUST_PROXY_HOPS: '1' } });
  const from = (address: string) => sendHandshake(server, withBadToken({ 'X-Forwarded-For': address }));
  for (let n = 0; n < limit; n++) await from(`2001:db8:1:2::${n}`);
  expect(await from('2001:db8:1:2:ffff::1')).toMatch(/^HTTP\/1\.1 429 /);
  expect(await from('2001:db8:1:3::1')).toMatch(/^HTTP\/1\.1 401 /);
});

describe.runIf(hasRedis)(`${withRedis}: one wall around all processes`, () => {
  it('counts them together, and each for itself while it is away', async () => {
    await using redis = await startTestRedis();
    await using one = await startTestServer({ env: { ...env, BUS_URL: redis.url } });
    await using other = await startTestServer({ env: { ...env, BUS_URL: redis.url } });
    const ask = async (server: typeof one) => (await server.rest('GET', '/openapi.json')).status;
    const statuses = [];
    for (let n = 0; n < limit; n++) statuses.push(await ask(n % 2 ? one : other));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect([await ask(one), await ask(other)]).toEqual([429, 429]);
    expect(await sendHandshake(other, withBadToken())).toMatch(/^HTTP\/1\.1 429 /);
    const refused = await one.rest('GET', '/openapi.json');
    expect(refused.as(Problem).code).toBe('RATE_LIMITED');
    expect(refused.headers['ratelimit-policy']).toContain(`q=${limit}; w=60`);

    await redis.kill();
    await expect.poll(() => ask(one)).toBe(200);
    const alone = [];
    for (let n = 0; n < limit; n++) alone.push(await ask(one));
    expect(alone).toEqual([200, 200, 200, 200, 429]);
    expect(await ask(other)).toBe(200);
    expect((await one.call('GET', '/readyz')).status).toBe(200);
  });
});
