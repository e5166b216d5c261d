import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openSocket } from '../testing/socket-client.ts';
import { createInstallation } from '../testing/process/installation.ts';
import type { Installation } from '../testing/process/installation.ts';
import { isAlive } from '@taskmaster/testing/faults';
import type { RunningServer } from '../testing/process/running-server.ts';
import { register, somebody, tokenOf } from '../testing/process/rest-client.ts';

/** A registration whose body is half sent. `finish` sends the rest and returns all that is answered. */
async function beginRequest({ port }: RunningServer) {
  const body = JSON.stringify(somebody());
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const answer = text(socket);
  const head = ['POST /api/v1/auth/register HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  socket.write(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n')}${body.slice(0, 20)}`);
  await sleep(200);
  return {
    answer,
    finish: () => {
      socket.write(body.slice(20));
      return answer;
    },
  };
}

async function listenAsSomebody(server: RunningServer) {
  const ann = somebody();
  const { id } = await register(server, ann);
  return openSocket(server, `/ws/${id}?token=${await tokenOf(server, ann)}`);
}

async function expectCleanEnd(here: Installation, pid: number | undefined) {
  expect(pid !== undefined && isAlive(pid)).toBe(false);
  expect((await here.postgresLog()).trimEnd()).toMatch(/database system is shut down$/);
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: readiness first, then what is under way, the database last',
  async (signal) => {
    await using here = await createInstallation();
    const server = await here.start({ SHUTDOWN_DELAY_SECONDS: '1' });
    const pid = await here.postgresPid();
    const socket = await listenAsSomebody(server);
    const underWay = await beginRequest(server);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    const before = performance.now();
    server.kill(signal);
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await socket.closed).toBe(1001);
    expect(await underWay.finish()).toMatch(/^HTTP\/1\.1 201 /);
    expect(await server.ended).toBe(0);
    expect(performance.now() - before).toBeLessThan(10_000);
    await expectCleanEnd(here, pid);

    const next = await here.start();
    const log = await here.postgresLog();
    expect(log).toContain('database system was shut down at');
    expect(log).not.toMatch(/not properly shut down|was interrupted|recovery/);
    await next.stop();
  },
  120_000,
);

test('a request that never ends does not keep it from ending in 10 s; a second signal changes nothing', async () => {
  await using here = await createInstallation();
  const server = await here.start();
  const pid = await here.postgresPid();
  const stuck = await beginRequest(server);
  const before = performance.now();
  server.kill('SIGINT');
  await sleep(100);
  server.kill('SIGINT');
  expect(await server.ended).toBe(0);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(await stuck.answer).not.toContain('201');
  await expectCleanEnd(here, pid);
}, 120_000);

test('SIGTERM while it starts ends it as cleanly, and the database with it', async () => {
  await using here = await createInstallation();
  const starting = here.launch('main.ts', []);
  await expect.poll(() => here.postgresPid(), { timeout: 60_000 }).toBeDefined();
  const pid = await here.postgresPid();
  starting.kill('SIGTERM');
  expect(await starting.ended).toBe(0);
  await expectCleanEnd(here, pid);
}, 120_000);
