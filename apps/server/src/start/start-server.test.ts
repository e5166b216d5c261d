import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { multipart } from '../testing/factories.ts';
import type { Answer } from '../testing/http-client.ts';
import { startTestServer } from '../testing/test-server.ts';

/** The status of an answer, or why there is none. */
const outcomeOf = (asking: Promise<Answer>): Promise<string> =>
  asking.then(
    ({ status }) => String(status),
    (error: unknown) => String(error),
  );

it('says that it is not ready before it stops to answer', async () => {
  await using server = await startTestServer({ env: { SHUTDOWN_DELAY_SECONDS: '1' } });
  expect((await server.call('GET', '/readyz')).status).toBe(200);
  const stopped = server.stop();
  const readiness = await server.call('GET', '/readyz');
  expect(readiness.status).toBe(503);
  expect(readiness.headers['retry-after']).toBe('1');
  expect((await server.call('GET', '/healthz')).status).toBe(200);
  expect((await server.rest('GET', '/openapi.json')).status).toBe(200);
  await stopped;
  await expect(server.call('GET', '/healthz')).rejects.toThrow('ECONNREFUSED');
});

it('finishes the request that is under way, and then stops', async () => {
  await using server = await startTestServer();
  const person = await server.person();
  const task = await server.task({ by: person });
  const { raw, headers } = multipart('a.txt', 'the whole of it');
  const upload = request(`${server.origin}/api/v1/tasks/${task.id}/attachments`, {
    method: 'POST',
    agent: false,
    headers: { ...headers, authorization: `Bearer ${person.token}`, 'content-length': Buffer.byteLength(raw) },
  });
  const answered = once(upload, 'response');
  const half = raw.indexOf('whole');
  upload.write(raw.slice(0, half));
  // Who may not upload is told so before the body is read: a temporary file says that the upload is under way.
  await expect.poll(() => readdir(server.env.UPLOAD_DIR, { recursive: true })).not.toEqual([]);
  const stopped = server.stop();
  await expect.poll(() => outcomeOf(server.call('GET', '/healthz'))).toContain('ECONNREFUSED');
  upload.end(raw.slice(half));
  const [response]: IncomingMessage[] = await answered;
  expect(response?.statusCode).toBe(201);
  response?.resume();
  await stopped;
});

it('tells clients to close their connections, so that none is cut off under a request', async () => {
  await using server = await startTestServer({ env: { SHUTDOWN_DELAY_SECONDS: '1' } });
  const ask = () => Promise.all([server.rest('GET', '/openapi.json'), server.rpc('query', 'users.me')]);
  expect((await ask()).map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'keep-alive']);
  const stopped = server.stop();
  expect((await ask()).map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  await stopped;
});

it('stops once, however often it is told', async () => {
  await using server = await startTestServer();
  await Promise.all([server.stop(), server.stop()]);
  await expect(server.stop()).resolves.toBeUndefined();
});

it('is not ready where the database has other migrations than it knows', async () => {
  await using server = await startTestServer();
  await server.owner`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)`;
  expect((await server.call('GET', '/readyz')).status).toBe(503);
  expect((await server.call('GET', '/healthz')).status).toBe(200);
});

it('is not ready, and says so within 2 seconds, where the database does not answer', async () => {
  await using server = await startTestServer();
  await server.owner.begin(async (sql) => {
    await sql`lock table drizzle.__drizzle_migrations`;
    const before = performance.now();
    expect((await server.call('GET', '/readyz')).status).toBe(503);
    // Twice as long, for a machine that does other things besides.
    expect(performance.now() - before).toBeLessThan(4_000);
  });
  expect((await server.call('GET', '/readyz')).status).toBe(200);
});

it('starts without the Redis of BUS_URL, says so, and works: events by the poll, limits in PostgreSQL', async () => {
  await using server = await startTestServer({
    env: { BUS_URL: 'redis://127.0.0.1:1', RATE_LIMIT_WRITES: '1/minute' },
  });
  expect((await server.call('GET', '/readyz')).status).toBe(200);
  const person = await server.person();
  const create = async () => (await person.ask('POST', '/tasks', { title: 'Counted' })).status;
  expect([await create(), await create()]).toEqual([201, 429]);
  await expect.poll(() => server.log.lines.filter((line) => line.includes('Redis is away'))).toHaveLength(1);
});
