import { users } from '@taskmaster/core/tables';
import { inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { multipart } from '../testing/factories.ts';
import { openTyped, subscription } from '../testing/socket-client.ts';
import { startTestServer } from '../testing/test-server.ts';

const json = { 'content-type': 'application/json' };

test('the changes of a user are one budget over REST, RPC, batches and sockets; reading is free', async () => {
  await using server = await startTestServer({ env: { RATE_LIMIT_WRITES: '6/hour' } });
  const [ann, bob] = [await server.person(), await server.person()];
  const input = { title: 'a task' };
  expect((await ann.ask('POST', '/tasks', input)).status).toBe(201);
  expect((await server.rpc('mutation', 'tasks.create', input, { token: ann.token })).status).toBe(200);
  const batch = { raw: JSON.stringify({ 0: input, 1: input }), headers: json, token: ann.token };
  expect((await server.call('POST', '/trpc/tasks.create,tasks.create?batch=1', batch)).status).toBe(200);

  const socket = await openTyped(server, ann);
  for (const id of [1, 2, 3]) socket.send({ ...subscription(id, 'tasks.create', { input }), method: 'mutation' });
  const answers = await Promise.all(
    [1, 2, 3].map((id) => socket.find((frame) => frame['id'] === id, `the answer to call ${id}`)),
  );
  expect(answers.filter((answer) => JSON.stringify(answer).includes('RATE_LIMITED'))).toHaveLength(1);
  socket.ws.terminate();

  const refused = await ann.ask('POST', '/tasks', input);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
  expect(refused.headers['ratelimit']).toMatch(/^"writes"; r=0; t=\d+$/);
  expect(refused.headers['ratelimit-policy']).toBe('"writes"; q=6; w=3600');
  expect((await ann.ask('PUT', '/users/me', { full_name: 'Ann' })).status, 'another operation').toBe(429);
  expect((await ann.ask('GET', '/tasks')).status).toBe(200);
  expect((await bob.ask('POST', '/tasks', input)).status, 'another user').toBe(201);
});

test('the registrations of an address are one budget over REST, RPC and batches, counted before anything else', async () => {
  await using server = await startTestServer({ env: { RATE_LIMIT_REGISTER: '4/hour', TRUST_PROXY_HOPS: '1' } });
  const account = (username: string) => ({ username, email: `${username}@example.com`, password: 'correct-horse' });
  const from = (address: string) => ({ 'x-forwarded-for': address });
  const register = (username: string, address = '2001:db8:1:2::1', changes: object = {}) =>
    server.rest('POST', '/auth/register', { body: { ...account(username), ...changes }, headers: from(address) });

  expect((await register('ann')).status).toBe(201);
  expect((await register('ann')).status, 'a refused one counts').toBe(409);
  const batch = { raw: JSON.stringify({ 0: account('bob'), 1: account('cleo'), 2: account('dan') }) };
  const headers = { ...json, ...from('2001:DB8:1:2:3::4') };
  const paths = '/trpc/auth.register,auth.register,auth.register?batch=1';
  const { text } = await server.call('POST', paths, { ...batch, headers });
  expect(text.split('RATE_LIMITED').length - 1).toBe(1);

  const refused = await register('eve', '2001:db8:1:2::5', { password: 'password' });
  expect(refused.status).toBe(429);
  expect(refused.headers['ratelimit-policy']).toBe('"register"; q=4; w=3600');
  expect((await register('eve', '2001:db8:1:3::5')).status, 'another network').toBe(201);
  expect(await server.db.$count(users, inArray(users.username, ['bob', 'cleo', 'dan']))).toBe(2);
});

test('the searches of a user are one budget, of whatever list', async () => {
  await using server = await startTestServer({ env: { RATE_LIMIT_SEARCHES: '3/hour' } });
  const [root, bob] = [await server.admin(), await server.person()];
  const team = await server.team({ owner: root });
  for (const path of ['/tasks?search=a', `/tasks/team/${team.id}?search=b`, '/admin/tasks?search=c']) {
    expect((await root.ask('GET', path)).status).toBe(200);
  }
  for (const path of ['/tasks?search=a', `/tasks/team/${team.id}?search=b`, '/admin/tasks?search=c']) {
    expect((await root.ask('GET', path)).headers['ratelimit-policy']).toBe('"searches"; q=3; w=3600');
  }
  expect((await root.ask('GET', '/tasks')).status).toBe(200);
  expect((await bob.ask('GET', '/tasks?search=a')).status, 'another user').toBe(200);
});

test('the uploads of a user are one budget, and a refused one is not kept', async () => {
  await using server = await startTestServer({ env: { RATE_LIMIT_UPLOADS: '2/hour' } });
  const [ann, bob] = [await server.person(), await server.person()];
  const [task, other] = [await server.task({ by: ann }), await server.task({ by: bob })];
  const upload = (by = ann, { id } = task) =>
    by.ask('POST', `/tasks/${id}/attachments`, undefined, multipart('a.txt', 'some bytes'));
  expect([(await upload()).status, (await upload()).status]).toEqual([201, 201]);
  const refused = await upload();
  expect(refused.status).toBe(429);
  expect(refused.headers['ratelimit-policy']).toBe('"uploads"; q=2; w=3600');
  expect((await ann.ask('GET', `/tasks/${task.id}/attachments`)).json()).toMatchObject({ total: 2 });
  expect((await upload(bob, other)).status, 'another user').toBe(201);
});
