import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { appRole } from '@taskmaster/database';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, listen, until } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { isAlive } from '@taskmaster/testing/faults';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createInstallation } from '../testing/process/installation.ts';
import type { Installation } from '../testing/process/installation.ts';
import type { RunningServer } from '../testing/process/running-server.ts';
import { untilReady } from '../testing/process/running-server.ts';
import { register, request, somebody, tokenOf } from '../testing/process/rest-client.ts';

interface LogLine {
  msg?: string;
  worker?: number;
  pid?: number;
  signal?: string;
}

const logOf = (server: RunningServer): LogLine[] =>
  server
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): LogLine => JSON.parse(line));

/** A start takes a second or two; on a machine that does much else besides, longer. */
const startWithinMs = 60_000;
const timeout = 120_000;

/** Of the workers that have ever listened, in the order of their start. The log is written once a second. */
async function workerPids(server: RunningServer, count: number): Promise<number[]> {
  const pids = () => logOf(server).flatMap(({ msg, pid }) => (msg === 'a worker listens' && pid ? [pid] : []));
  await until(() => pids().length >= count, `${count} workers in the log`, startWithinMs);
  return pids();
}

/** Who is logged in for requests and events, at the embedded PostgreSQL. */
async function loginsAt(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1 });
  const rows = await sql<{ usename: string }[]>`
    select distinct usename from pg_stat_activity where application_name in ('taskmaster', 'taskmaster-streams')`;
  await sql.end();
  return rows.map(({ usename }) => usename);
}

const isGone = (pid: number | undefined) => pid === undefined || !isAlive(pid);

/** Of the process that the next connection is given to. */
const askNext = (server: RunningServer, path: string) => fetch(server.url + path, { headers: { connection: 'close' } });

/** The metrics, the connections, and every event. */
async function expectSharing(server: RunningServer, { sql }: TestDatabase): Promise<void> {
  for (let n = 0; n < 4; n++) {
    const page = await (await askNext(server, '/metrics')).text();
    expect(page.match(/^taskmaster_sockets_open\{.*$/gm)).toEqual([
      'taskmaster_sockets_open{worker="1"} 0',
      'taskmaster_sockets_open{worker="2"} 0',
    ]);
    expect(page.match(/# TYPE taskmaster_sockets_open /g)).toHaveLength(1);
  }

  const [ann, bob] = [somebody(), somebody()];
  const { id } = await register(server, ann);
  await register(server, bob);
  const [annToken, bobToken] = [await tokenOf(server, ann), await tokenOf(server, bob)];
  const address = `${server.url.replace('http', 'ws')}/ws/${id}?token=${annToken}`;
  const sockets = Array.from({ length: 8 }, () => new WebSocket(address));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const open = [
    ...(await (await askNext(server, '/metrics')).text()).matchAll(/^taskmaster_sockets_open\{.*\} (\d+)$/gm),
  ];
  expect(open.map(([, count]) => count)).not.toContain('0');
  const heard = Promise.all(sockets.map((socket) => once(socket, 'message')));
  const task = { title: 'For all processes', assigned_to_id: id };
  expect((await request(server, 'POST', '/tasks', task, bobToken)).status).toBe(201);
  const frames = (await heard).map(([data]) => String(data));
  expect(new Set(frames).size).toBe(1);
  expect(frames[0]).toContain('task_assigned');

  await Promise.all(Array.from({ length: 60 }, () => request(server, 'GET', '/tasks', undefined, bobToken)));
  const [row] = await sql<{ open: number }[]>`
    select count(*)::int as open from pg_stat_activity
    where datname = current_database() and application_name = 'taskmaster'`;
  expect(row?.open).toBeGreaterThan(3);
  expect(row?.open).toBeLessThanOrEqual(6);
  for (const socket of sockets) socket.terminate();
}

/** Replaced on the same port; and one that hangs does not keep the rest from ending. */
async function expectReplacements(server: RunningServer): Promise<void> {
  const victims = await workerPids(server, 2);
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  const successors = (await workerPids(server, 4)).slice(2);
  for (let n = 0; n < 4; n++) expect((await askNext(server, '/readyz')).status).toBe(200);
  const page = await (await askNext(server, '/metrics')).text();
  for (const worker of [1, 2]) expect(page).toContain(`taskmaster_sockets_open{worker="${worker}"} 0\n`);
  const ends = logOf(server).filter(({ msg }) => msg?.startsWith('a worker has ended'));
  expect(new Set(ends.map(({ pid }) => pid))).toEqual(new Set(victims));
  expect(ends.every(({ signal }) => signal === 'SIGKILL')).toBe(true);

  const [hanging] = successors;
  if (hanging === undefined) throw new Error('nobody has taken the place of the killed');
  process.kill(hanging, 'SIGSTOP');
  // Of two connections one at most is given to it.
  const pages = [1, 2].map(async () => (await askNext(server, '/metrics')).text());
  expect(await Promise.any(pages)).toContain('taskmaster_sockets_open{worker=');
  const isLeftOut = ({ msg }: LogLine) => msg?.startsWith('metrics without those of a worker');
  await until(() => logOf(server).some(isLeftOut), 'the metrics of one to be missed');
  const before = performance.now();
  server.kill('SIGINT');
  server.kill('SIGINT');
  expect(await server.ended).toBe(0);
  // 9 s, and what a busy machine takes.
  expect(performance.now() - before).toBeLessThan(20_000);
  expect(successors.every(isGone)).toBe(true);
}

/** kill -9 of the primary leaves no worker. */
async function expectNoOrphans(here: Installation): Promise<void> {
  const first = await here.start();
  const orphans = await workerPids(first, 2);
  first.kill('SIGKILL');
  await first.ended;
  await until(() => orphans.every(isGone), 'the end of the workers');
}

/** SIGTERM finishes what is under way, and the database stops last. */
async function expectGracefulStop(here: Installation): Promise<void> {
  const server = await here.start();
  expect(await loginsAt(await here.postgresUrl())).toEqual([appRole]);
  const [pid, workers] = [await here.postgresPid(), await workerPids(server, 2)];
  const body = JSON.stringify(somebody());
  // One at each process.
  const underWay = [1, 2].map(() => {
    const socket = connect(server.port, '127.0.0.1');
    const head = ['POST /api/v1/auth/register HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    socket.write(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n')}${body.slice(0, 20)}`);
    return { socket, answer: text(socket) };
  });
  await until(() => underWay.every(({ socket }) => socket.bytesWritten > 100), 'both halves');
  server.kill('SIGTERM');
  const readiness = async () => (await askNext(server, '/readyz')).status;
  while ((await readiness()) !== 503) await sleep(20);
  expect(await readiness(), 'the other process').toBe(503);
  for (const { socket } of underWay) socket.write(body.slice(20));
  const statuses = (await Promise.all(underWay.map(({ answer }) => answer))).map((answer) => answer.slice(9, 12));
  expect(statuses.toSorted()).toEqual(['201', '409']);
  expect(await server.ended).toBe(0);
  expect(logOf(server).filter(({ msg }) => msg?.startsWith('a worker has ended'))).toEqual([]);
  expect([pid, ...workers].every(isGone)).toBe(true);
  expect((await here.postgresLog()).trimEnd()).toMatch(/database system is shut down$/);
}

/** It stops all, with its reason and its exit code. */
async function expectNoStart(here: Installation): Promise<void> {
  await using other = createServer();
  const port = await listen(other);
  const { code, output } = await here.fail({ PORT: String(port) });
  const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  expect({ code, lines }).toEqual({ code: 1, lines: ['PORT: is taken by another program'] });
}

// The starts are what these take: as few as may be, and two at a time.
describe.concurrent('several processes', () => {
  test(
    'share everything; those that are killed are replaced, one that hangs is not waited for',
    { timeout },
    async () => {
      await using database = await createTestDatabase();
      const variables = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '6', PROCESSES: '1' };
      await using here = await createInstallation(variables);
      const server = await untilReady(here.launch('main.ts', ['--processes', '2']));
      expect(server.stdout().match(/is ready at/g)).toHaveLength(1);
      await expectSharing(server, database);
      await expectReplacements(server);
    },
  );

  test('end with their primary, end what is under way, and do not begin without one of them', { timeout }, async () => {
    await using here = await createInstallation({ PROCESSES: '2', SHUTDOWN_DELAY_SECONDS: '1' });
    await expectNoOrphans(here);
    await expectGracefulStop(here);
    await expectNoStart(here);
    expect(isGone(await here.postgresPid())).toBe(true);
  });

  test('a wrong argument is a wrong call', async () => {
    await using here = await createInstallation();
    const started = here.launch('main.ts', ['--processes', '0']);
    expect(await started.ended).toBe(2);
    expect(started.output()).toBe('--processes: is no whole number from 1 to 64\n');
  });
});
