import { createServer } from 'node:http';
import { Problem } from '@taskmaster/core/errors';
import { listen } from '@taskmaster/testing';
import { expect, it } from 'vitest';
import { createTestLog } from '../testing/test-log.ts';
import { startTestServer } from '../testing/test-server.ts';
import { createProblems } from './problems.ts';

// Nothing that a client sends leads here, so that the database is broken instead.
async function startBroken() {
  const server = await startTestServer();
  const person = await server.person();
  await server.owner`alter table tasks rename column title to heading`;
  return { server, person };
}

const revealing = /tasks|heading|select|column|42703|postgres|node_modules|\bat /;

it('a fault of ours is a 500 that says nothing of it, over REST and over typed RPC', async () => {
  const { server, person } = await startBroken();
  await using _ = server;
  const rest = await person.ask('GET', '/tasks?tag=secret-tag');
  expect(rest.as(Problem)).toMatchObject({ status: 500, code: 'INTERNAL', instance: '/api/v1/tasks' });
  const { type: _type, instance: _instance, ...rest500 } = rest.as(Problem);
  expect(JSON.stringify(rest500)).not.toMatch(revealing);
  const rpc = await server.rpc('query', 'users.me', undefined, { token: person.token });
  expect(rpc.status).toBe(200);
  const broken = await server.rpc('query', 'tasks.list', { tag: 'secret-tag' }, { token: person.token });
  expect(broken.json()).toMatchObject({
    error: { data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500, error: { code: 'INTERNAL' } } },
  });
  expect(broken.text.replace('tasks.list', '')).not.toMatch(revealing);

  const faults = server.log.takeFaults();
  expect(faults).toHaveLength(2);
  // By the id that the client was given an operator finds the fault, with its code and place, without the values.
  expect(faults[0]).toContain(rest.as(Problem).request_id);
  expect(faults[0]).toContain('42703');
  expect(faults.join('\n')).not.toMatch(/secret-tag|select/);
});

it('an answer that does not fit its own schema is a fault of ours, and is not sent', async () => {
  await using server = await startTestServer();
  const person = await server.person();
  const task = await server.task({ by: person });
  await server.sql`update tasks set due_date = 'infinity' where id = ${task.id}`;
  const answer = await person.ask('GET', `/tasks/${task.id}`);
  expect(answer.as(Problem)).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(server.log.takeFaults()).toHaveLength(1);
});

it('an error after the headers cuts the answer off, so that no half of it looks whole', async () => {
  const problems = createProblems(createTestLog({ DEBUG: false, LOG_LEVEL: 'info' }).logger);
  await using server = createServer((req, res) => {
    res.writeHead(200);
    res.write('half', () => problems.send(new Error('late'), req, res));
  });
  const port = await listen(server);
  const asking = fetch(`http://127.0.0.1:${port}`).then((answer) => answer.text());
  await expect(asking).rejects.toThrow(/terminated|fetch failed/);
});
