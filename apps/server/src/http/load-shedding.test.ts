import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Problem } from '@taskmaster/core/errors';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendRaw } from '../testing/raw-request.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';

const probes = ['/healthz', '/metrics'];

async function statusOf(server: TestServer, path: string): Promise<number> {
  return (await server.call('GET', path)).status;
}

async function shedFor(server: TestServer, reason: string): Promise<number> {
  const { text } = await server.call('GET', '/metrics');
  return Number(new RegExp(`^taskmaster_http_shed_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

async function expectShed(server: TestServer, headers: Record<string, string> = {}) {
  const answer = await server.rest('GET', '/openapi.json', { headers });
  expect({ status: answer.status, code: answer.as(Problem).code }).toEqual({ status: 503, code: 'UNAVAILABLE' });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  // Over typed RPC too.
  expect((await server.rpc('query', 'users.me', undefined, { headers })).status).toBe(503);
  for (const path of probes) expect(await statusOf(server, path)).toBe(200);
}

describe('a loop that is blocked', () => {
  const blockedMs = 120;
  let isBlocked = false;
  afterEach(() => {
    isBlocked = false;
  });

  /** Turn after turn, as a server does that is asked more than it can answer. */
  function block(): void {
    const until = performance.now() + blockedMs;
    while (performance.now() < until);
    if (isBlocked) setImmediate(block);
  }

  it('is seen: requests and upgrades are refused, the probes answer, and afterwards all is as before', async () => {
    await using server = await startTestServer({ env: { MAX_EVENT_LOOP_DELAY_MS: '60' } });
    expect(await statusOf(server, '/readyz')).toBe(200);
    isBlocked = true;
    block();
    const slow = { interval: 500 };
    await expect.poll(() => statusOf(server, '/api/v1/openapi.json'), slow).toBe(503);
    await expectShed(server);
    expect(await statusOf(server, '/readyz')).toBe(503);
    const upgrade = await sendRaw(
      server,
      'GET /trpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    expect(upgrade).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: [123]\r\n/);
    expect(await shedFor(server, 'event_loop')).toBeGreaterThan(0);
    isBlocked = false;
    await expect.poll(() => statusOf(server, '/api/v1/openapi.json'), slow).toBe(200);
    expect(await statusOf(server, '/readyz')).toBe(200);
  }, 60_000);
});

it('memory beyond the share that may be used is refused', async () => {
  vi.spyOn(process, 'constrainedMemory').mockReturnValue(process.memoryUsage.rss() / 0.7);
  await using server = await startTestServer({ env: { MAX_MEMORY_PERCENT: '50' } });
  vi.restoreAllMocks();
  await expectShed(server);
  expect(await shedFor(server, 'memory')).toBe(2);
});

describe('many requests at a time', () => {
  const env = { MAX_REQUESTS_IN_FLIGHT: '20', TRUST_PROXY_HOPS: '1', BODY_TIMEOUT_SECONDS: '300' };
  const openSockets: Socket[] = [];
  afterEach(() => openSockets.splice(0).forEach((socket) => socket.destroy()));

  /** One that is under way until the connection is cut: its body does not come. */
  function hold({ origin }: TestServer, address: string): void {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    openSockets.push(socket);
  }

  async function inFlight(server: TestServer): Promise<number> {
    const { text } = await server.call('GET', '/metrics');
    return Number(/^taskmaster_http_requests_in_flight (\d+)$/m.exec(text)?.[1]);
  }

  it('first the balancer hears of it, then one more is refused; and who leaves makes room', async () => {
    await using server = await startTestServer({ env });
    for (let n = 0; n < 17; n++) hold(server, `192.0.2.${n}`);
    await expect.poll(() => inFlight(server)).toBe(17);
    expect(await statusOf(server, '/readyz')).toBe(200);
    hold(server, '192.0.2.17');
    await expect.poll(() => inFlight(server)).toBe(18);
    expect(await statusOf(server, '/readyz')).toBe(503);
    expect(await statusOf(server, '/api/v1/openapi.json')).toBe(200);
    hold(server, '192.0.2.18');
    hold(server, '192.0.2.19');
    await expect.poll(() => inFlight(server)).toBe(20);
    await expectShed(server, { 'x-forwarded-for': '192.0.2.99' });
    expect(await shedFor(server, 'requests')).toBe(2);
    openSockets.pop()?.destroy();
    await expect.poll(() => inFlight(server)).toBe(19);
    expect(await statusOf(server, '/api/v1/openapi.json')).toBe(200);
  });

  it('one address has at most half of the room', async () => {
    await using server = await startTestServer({ env });
    for (let n = 0; n < 10; n++) hold(server, '192.0.2.1');
    await expect.poll(() => inFlight(server)).toBe(10);
    await expectShed(server, { 'x-forwarded-for': '192.0.2.1' });
    expect(await shedFor(server, 'address')).toBe(2);
    const other = await server.rest('GET', '/openapi.json', { headers: { 'x-forwarded-for': '192.0.2.2' } });
    expect(other.status).toBe(200);
  });
});
