import { request } from 'node:http';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { everybodysPassword } from '../testing/factories.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';

const Line = z.object({
  msg: z.string(),
  request_id: z.string().optional(),
  user_id: z.string().optional(),
  procedure: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  status: z.number().optional(),
  duration_ms: z.number().optional(),
});

const requestLines = ({ log }: TestServer) =>
  log.lines.map((line) => Line.parse(JSON.parse(line))).filter(({ msg }) => msg === 'request');

/** All that is secret in what somebody does, in all the places where it travels. */
async function doSecretThings(server: TestServer) {
  const person = await server.person({ username: 'secretive' });
  await person.ask('GET', '/tasks?search=secret-search');
  await server.call('GET', '/ws/nobody?token=secret-query-token');
  await server.rest('GET', `/users/me?token=${person.token}`);
  await server.rest('POST', '/auth/login', { body: { email: 'x', password: 'secret-wrong-password' } });
  await server.rest('POST', '/auth/refresh', { body: { refresh_token: person.refresh_token } });
  await server.rpc('query', 'tasks.list', { search: 'secret-search' }, { token: person.token });
  await person.ask('POST', '/tasks', { title: 'secret-title', status: 'secret-status' });
  await person.ask('POST', '/tasks', undefined, {
    raw: '{"password":"secret-json',
    headers: { 'content-type': 'application/json' },
  });
  return { person, secrets: ['secret-', person.token, person.refresh_token, everybodysPassword] };
}

it('has one line a request: who, what, how it ended', async () => {
  await using server = await startTestServer();
  const person = await server.person();
  const { headers } = await person.ask('GET', '/tasks?size=5');
  expect(requestLines(server).at(-1)).toEqual({
    msg: 'request',
    request_id: headers['x-request-id'],
    user_id: person.id,
    procedure: 'tasks.list',
    method: 'GET',
    path: '/api/v1/tasks',
    status: 200,
    duration_ms: expect.any(Number),
  });
});

it('names a request that the client gave up', async () => {
  await using server = await startTestServer();
  const { token } = await server.person();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': 100 };
  const req = request(`${server.origin}/api/v1/tasks`, { method: 'POST', headers, agent: false });
  req.on('error', () => undefined);
  // Once the first byte is written the server has the headers, and waits for the rest.
  await new Promise<void>((resolve) => req.write('{', () => resolve()));
  req.destroy();
  await expect.poll(() => requestLines(server).at(-1)?.status).toBe(499);
});

it.each(['info', 'debug'])('holds no token, password, body or query, at level %s', async (LOG_LEVEL) => {
  await using server = await startTestServer({ env: { LOG_LEVEL, ...(LOG_LEVEL === 'debug' && { DEBUG: 'true' }) } });
  const { person, secrets } = await doSecretThings(server);
  const text = server.log.lines.join('\n');
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  expect(text).not.toContain(person.email);
  expect(text).not.toContain('?');
});

it('shows with DEBUG=true the statements, and none of their parameters', async () => {
  await using server = await startTestServer({ env: { DEBUG: 'true' } });
  const { person } = await doSecretThings(server);
  const statements = server.log.lines.filter((line) => line.includes('"msg":"sql"'));
  expect(statements.length).toBeGreaterThan(10);
  expect(statements.join('\n')).toContain('insert into \\"users\\"');
  expect(statements.join('\n')).not.toContain(person.username);
});

it('is silent about them without it', async () => {
  await using server = await startTestServer();
  await server.person();
  expect(server.log.lines.filter((line) => line.includes('"msg":"sql"'))).toEqual([]);
});
