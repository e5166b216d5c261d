import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Task, TokenPair } from '@taskmaster/core/contracts';
import { Problem } from '@taskmaster/core/errors';
import { activityLogs, idempotentAnswers, tasks } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { everybodysPassword, multipart } from '../testing/factories.ts';
import type { Answer, Asking } from '../testing/http-client.ts';
import { createTaskOnce, isReplayed, withKey } from '../testing/keyed-requests.ts';
import { operations } from '../testing/operations.ts';
import { useTestServer } from '../testing/use-test-server.ts';
import { replayedHeader } from './idempotency-key.ts';

const server = useTestServer({ connections: 32 });

const codeOf = (answer: Answer) => answer.as(Problem).code;
const titled = (title: string) => server().db.$count(tasks, eq(tasks.title, title));

interface Request {
  path: string;
  body?: unknown;
  /** The same with another body. */
  other: unknown;
  asking?: Asking;
  token: string | undefined;
}

/** Of each POST that can be repeated, one that succeeds. */
const requests: Record<string, () => Promise<Request>> = {
  async 'auth.register'() {
    const body = { email: `${randomUUID()}@example.com`, username: `u-${randomUUID()}`, password: everybodysPassword };
    return { path: '/auth/register', body, other: { ...body, password: 'another-password-of-mine' }, token: undefined };
  },
  async 'teams.create'() {
    const { token } = await server().person();
    return { path: '/teams', body: { name: 'a team' }, other: { name: 'another' }, token };
  },
  async 'teams.addMember'() {
    const [owner, one, two] = [await server().person(), await server().person(), await server().person()];
    const { id } = await server().team({ owner });
    return { path: `/teams/${id}/members`, body: { user_id: one.id }, other: { user_id: two.id }, token: owner.token };
  },
  async 'tasks.create'() {
    const { token } = await server().person();
    return { path: '/tasks', body: { title: 'a', tags: ['b'] }, other: { title: 'a', tags: ['c'] }, token };
  },
  async 'tasks.assign'() {
    const [ann, bob] = [await server().person(), await server().person()];
    const { id } = await server().task({ by: ann });
    const body = { assigned_to_id: bob.id };
    return { path: `/tasks/${id}/assign`, body, other: { assigned_to_id: null }, token: ann.token };
  },
  async 'comments.create'() {
    const ann = await server().person();
    const { id } = await server().task({ by: ann });
    return { path: `/tasks/${id}/comments`, body: { content: 'a' }, other: { content: 'b' }, token: ann.token };
  },
  async 'attachments.upload'() {
    const ann = await server().person();
    const { id } = await server().task({ by: ann });
    const asking = multipart('a.txt', 'some bytes');
    return { path: `/tasks/${id}/attachments`, asking, other: multipart('a.txt', 'more bytes'), token: ann.token };
  },
};

const posts = operations.filter(({ method }) => method === 'POST');
const repeatable = posts.filter(({ responses }) =>
  Object.values(responses).some(({ headers }) => replayedHeader in headers),
);

test('the document tells of the header at every POST, and there is a request here for all that can be repeated', () => {
  const telling = posts.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
  expect(telling).toEqual(posts);
  expect(repeatable.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(requests).toSorted());
  expect(posts.filter((post) => !repeatable.includes(post)).map(({ operationId }) => operationId)).toEqual([
    'auth.login',
    'auth.refresh',
    'auth.logout',
    'sessions.endAll',
  ]);
});

describe.each(Object.entries(requests))('%s', (_, make) => {
  test('has its effect once, and is answered in the same way each time', async () => {
    const { path, body, asking, token } = await make();
    const key = randomUUID();
    const send = () => server().rest('POST', path, withKey(key, { token, body, ...asking }));
    const first = await send();
    expect(first.status).toBeLessThan(300);
    expect(isReplayed(first)).toBe(false);

    const before = await server().db.$count(activityLogs);
    const second = await send();
    expect(isReplayed(second)).toBe(true);
    expect(await server().db.$count(activityLogs)).toBe(before);
    expect(second.status).toBe(first.status);
    expect(second.text).toBe(first.text);
    expect(second.headers.etag).toBe(first.headers.etag);
    expect(second.headers.location).toBe(first.headers.location);
  });

  test('with another body under the same key is refused', async () => {
    const { path, body, asking, other, token } = await make();
    const key = randomUUID();
    await server().rest('POST', path, withKey(key, { token, body, ...asking }));
    const changed = asking ? Object(other) : { body: other };
    const answer = await server().rest('POST', path, withKey(key, { token, ...changed }));
    expect(answer.status).toBe(422);
    expect(codeOf(answer)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(answer.as(Problem).errors).toMatchObject([{ path: 'idempotency-key', code: 'reused' }]);
  });
});

describe('clients that come at the same time', () => {
  test('20 with one key: one effect, and one answer', async () => {
    const ann = await server().person();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => createTaskOnce(ann, key, 'by one of twenty')));
    expect(await titled('by one of twenty')).toBe(1);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect([answer.status, codeOf(answer)]).toEqual([409, 'IDEMPOTENCY_KEY_IN_USE']);
      expect(answer.headers['retry-after']).toBe('1');
    }
  });

  test('while the first is at work the second is refused; when the first is killed, the third does it', async () => {
    const { owner: other, person, team } = server();
    const ann = await person();
    const { id: team_id } = await team({ owner: ann });
    const key = randomUUID();
    const send = () => ann.ask('POST', '/tasks', { title: 'killed once', team_id }, withKey(key));
    await other.begin(async (tx) => {
      await tx`select from teams where id = ${team_id} for update`;
      const first = send();
      const waiting = () => other`
        select distinct pid from pg_locks join pg_stat_activity using (pid)
        where not granted and datname = current_database()`;
      await expect.poll(async () => (await waiting()).length).toBe(1);
      const second = await send();
      expect([second.status, codeOf(second)]).toEqual([409, 'IDEMPOTENCY_KEY_IN_USE']);

      for (const { pid } of await waiting()) await other`select pg_terminate_backend(${pid})`;
      expect((await first).status).toBe(503);
    });
    expect(await titled('killed once')).toBe(0);
    const third = await send();
    expect([third.status, isReplayed(third)]).toEqual([201, false]);
    expect((await send()).text).toBe(third.text);
    expect(await titled('killed once')).toBe(1);
  });
});

describe('what is kept', () => {
  test('of a registration, nothing that tells the password or the key', async () => {
    const key = randomUUID();
    const body = { email: `${key}@example.com`, username: `u-${key}`, password: `secret-${randomUUID()}` };
    await server().rest('POST', '/auth/register', withKey(`key-${key}`, { body }));
    const rows = await server().sql`select idempotent_answers::text as text from idempotent_answers`;
    const texts = rows.map(({ text }) => String(text)).join('\n');
    expect(texts).toContain(body.username);
    expect(texts).not.toContain(body.password);
    expect(texts).not.toContain(`key-${key}`);
  });

  test('of a login, a refresh and a logout: nothing; each does its own', async () => {
    const { rest, person, db } = server();
    const { email } = await person();
    const before = await db.$count(idempotentAnswers);
    const key = randomUUID();
    const login = () => rest('POST', '/auth/login', withKey(key, { body: { email, password: everybodysPassword } }));
    const [one, two] = [(await login()).as(TokenPair), (await login()).as(TokenPair)];
    expect(two.refresh_token).not.toBe(one.refresh_token);
    const spend = (path: string) => rest('POST', path, withKey(key, { body: { refresh_token: one.refresh_token } }));
    expect((await spend('/auth/refresh')).as(TokenPair).refresh_token).toBe(
      (await spend('/auth/refresh')).as(TokenPair).refresh_token,
    );
    expect([(await spend('/auth/logout')).status, (await spend('/auth/logout')).status]).toEqual([204, 204]);
    expect(await db.$count(idempotentAnswers)).toBe(before);
  });

  test('of an upload that is repeated, one file', async () => {
    const { person, task, env } = server();
    const ann = await person();
    const { id } = await task({ by: ann });
    const stored = async () =>
      (await readdir(env.UPLOAD_DIR, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
        .length;
    const before = await stored();
    const key = randomUUID();
    const send = () => ann.ask('POST', `/tasks/${id}/attachments`, undefined, withKey(key, multipart('a.txt', 'a')));
    await Promise.all([send(), send(), send()]);
    await send();
    expect(await stored()).toBe(before + 1);
  });
});

describe('typed RPC', () => {
  test('takes the header too, and a key is one on both surfaces', async () => {
    const ann = await server().person();
    const key = randomUUID();
    const call = () =>
      server().rpc('mutation', 'tasks.create', { title: 'by rpc' }, withKey(key, { token: ann.token }));
    const first = await call();
    const second = await call();
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([isReplayed(first), isReplayed(second)]).toEqual([false, true]);
    expect(second.text).toBe(first.text);
    expect(isReplayed(await ann.ask('POST', '/tasks', { title: 'by rpc' }, withKey(key)))).toBe(true);
    expect(await titled('by rpc')).toBe(1);
  });

  test('a batch has several calls, and one key is not for several', async () => {
    const { token } = await server().person();
    const body = { 0: { title: 'in a batch' }, 1: { title: 'in a batch' } };
    const answer = await server().call(
      'POST',
      '/trpc/tasks.create,tasks.create?batch=1',
      withKey('x', { token, body }),
    );
    expect(answer.text.match(/IDEMPOTENCY_KEY_MALFORMED/g)).toHaveLength(2);
    expect(await titled('in a batch')).toBe(0);
  });

  test('what is no POST over REST has no use for it', async () => {
    const ann = await server().person();
    const { id } = await server().task({ by: ann });
    const put = (title: string) => ann.ask('PUT', `/tasks/${id}`, { title }, withKey('same'));
    expect((await put('one')).as(Task).title).toBe('one');
    expect((await put('two')).as(Task).title).toBe('two');
  });
});
