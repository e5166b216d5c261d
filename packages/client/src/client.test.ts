import { addressOf, startTcpProxy, through } from '@taskmaster/testing/faults';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTaskmasterClient } from './create-client.ts';
import { isTaskmasterError } from './errors/taskmaster-error.ts';
import type { TaskmasterClientOptions } from './options.ts';
import { memoryStorage } from './session/storage.ts';
import type { TestServer } from './testing/test-server.ts';
import { startTestServer } from './testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let users = 0;
const password = 'correct horse battery';
const nobody = '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11';

async function join(options: Partial<TaskmasterClientOptions> = {}) {
  const client = createTaskmasterClient({ url: server.url, backoff: () => 20, ...options });
  const username = `user_${++users}`;
  const user = await client.auth.register({ email: `${username}@example.com`, username, password });
  await client.auth.login({ email: username, password });
  return { client, user };
}

test('ten parallel calls with an access token that is no longer good lead to one refresh', async () => {
  const storage = memoryStorage();
  const { client } = await join({ storage });
  const kept = await storage.load();
  const refresh_token = kept?.refresh_token ?? '';
  let refreshes = 0;
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (String(input instanceof Request ? input.url : input).includes('auth.refresh')) refreshes++;
    return globalThis.fetch(input, init);
  };
  const read = async (tokens: { access_token: string; refresh_token: string; expires_at?: number }) => {
    refreshes = 0;
    const again = createTaskmasterClient({ url: server.url, tokens, storage, fetch });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => again.tasks.list({ search: `word${n}` })));
    expect(answers.map(({ items }) => items)).toEqual(Array.from({ length: 10 }, () => []));
    return refreshes;
  };
  expect(await read({ access_token: 'refused by the server', refresh_token })).toBe(1);
  const renewed = await storage.load();
  expect(await read({ access_token: 'old', refresh_token: renewed?.refresh_token ?? '', expires_at: 1 })).toBe(1);
  expect((await client.users.me()).is_active).toBe(true);
});

test('calls are typed functions; a version that is not the current one is refused', async () => {
  const { client, user } = await join();
  const task = await client.tasks.create({ title: 'Ship it', tags: ['a'] });
  expect(task).toMatchObject({ title: 'Ship it', status: 'todo', created_by_id: user.id, version: 1 });
  await client.tasks.update({ task_id: task.id, title: 'Ship it now', expected_version: task.version });
  const stale = client.tasks.update({ task_id: task.id, title: 'Late', expected_version: task.version });
  await expect(stale).rejects.toMatchObject({ code: 'STALE_VERSION', status: 412 });
  expect(await client.tasks.archive({ task_id: task.id })).toBeUndefined();
  expect((await client.tasks.list({ is_archived: true })).total).toBe(1);
  expect((await client.notifications.markAllRead()).updated).toBe(0);
});

test('errors narrow, and say what is wrong and which request it was', async () => {
  const { client } = await join();
  const error: unknown = await client.tasks.get({ task_id: nobody }).catch((reason: unknown) => reason);
  expect(isTaskmasterError(error, 'TASK_NOT_FOUND')).toBe(true);
  expect(isTaskmasterError(error, 'TEAM_NOT_FOUND')).toBe(false);
  if (!isTaskmasterError(error)) throw new Error('not ours');
  expect(error.status).toBe(404);
  expect(error.request_id).not.toBe('');
  const invalid = client.tasks.create({ title: '' });
  await expect(invalid).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    errors: expect.arrayContaining([expect.objectContaining({ path: 'title' })]),
  });
});

test('no server, another server and an abort are three different things', async () => {
  const tokens = { access_token: 'a', refresh_token: 'r' };
  const away = createTaskmasterClient({ url: 'http://127.0.0.1:9', tokens });
  await expect(away.users.me()).rejects.toMatchObject({ code: 'NETWORK', status: 0 });
  const fetch = async () => new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'retry-after': '7' } });
  const other = createTaskmasterClient({ url: server.url, tokens, fetch });
  await expect(other.users.me()).rejects.toMatchObject({ code: 'PROTOCOL', status: 502, retry_after_seconds: 7 });
  const { client } = await join();
  const stop = new AbortController();
  const call = client.tasks.list({}, { signal: stop.signal });
  stop.abort(new Error('left the page'));
  await expect(call).rejects.toThrow('left the page');
});

test('a wrong password is told, and nobody is logged in', async () => {
  const client = createTaskmasterClient({ url: server.url });
  const login = client.auth.login({ email: 'nobody', password: 'wrong password' });
  await expect(login).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS', status: 401 });
  expect(await client.auth.isLoggedIn()).toBe(false);
  await expect(client.users.me()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('ending the session elsewhere ends it here: socket, loop and event', async () => {
  const storage = memoryStorage();
  const reasons: string[] = [];
  const { client } = await join({ storage, onSessionEnd: (reason) => reasons.push(reason) });
  const watch = client.notifications.watch();
  await watch.started;
  const kept = await storage.load();
  const elsewhere = createTaskmasterClient({ url: server.url, ...(kept && { tokens: kept }) });
  await elsewhere.auth.logout();
  await expect(watch.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(reasons).toEqual(['refused']);
});

test('a login ends the watches of whoever was logged in before, quietly', async () => {
  const [{ client }, { user }] = [await join(), await join()];
  const watch = client.notifications.watch();
  await watch.started;
  await client.auth.login({ email: user.username, password });
  expect(client.state.value).toBe('idle');
  expect(await watch.next()).toMatchObject({ done: true });
  expect((await client.users.me()).id).toBe(user.id);
});

/** Somebody who is logged in on two devices, each of which listens, and what each is told of the end of its session. */
async function joinTwice() {
  const [hereEnds, thereEnds]: [string[], string[]] = [[], []];
  const { client: here, user } = await join({ onSessionEnd: (reason) => hereEnds.push(reason) });
  const there = createTaskmasterClient({ url: server.url, onSessionEnd: (reason) => thereEnds.push(reason) });
  await there.auth.login({ email: user.username, password });
  const watches = { here: here.notifications.watch(), there: there.notifications.watch() };
  await Promise.all([watches.here.started, watches.there.started]);
  return { here, there, hereEnds, thereEnds, watches };
}

test('sessions are listed, and one of them is ended: its device is logged out, this one is not', async () => {
  const { here, there, hereEnds, thereEnds, watches } = await joinTwice();
  const { items } = await here.sessions.list();
  expect(items.filter(({ is_current }) => is_current)).toHaveLength(1);
  expect(items).toHaveLength(2);
  const other = items.find(({ is_current }) => !is_current);
  await here.sessions.end({ session_id: other?.id ?? '' });
  await expect(watches.there.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect([thereEnds, await there.auth.isLoggedIn()]).toEqual([['refused'], false]);
  expect((await here.sessions.list()).items).toMatchObject([{ is_current: true }]);
  expect([hereEnds, here.state.value]).toEqual([[], 'live']);
  here.close();
});

test('after logout-all nobody is logged in: here the loop ends quietly, elsewhere it throws', async () => {
  const { here, there, hereEnds, thereEnds, watches } = await joinTwice();
  const next = watches.here.next();
  await here.sessions.endAll();
  expect([hereEnds, await here.auth.isLoggedIn(), here.state.value]).toEqual([['logged_out'], false, 'idle']);
  expect(await next).toMatchObject({ done: true });
  await expect(here.users.me()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(watches.there.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect([thereEnds, await there.auth.isLoggedIn()]).toEqual([['refused'], false]);
});

test('a logout-all ends the loop before the server does, however late its answer comes', async () => {
  const ends: string[] = [];
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const { client } = await join({
    onSessionEnd: (reason) => ends.push(reason),
    async fetch(url, init) {
      const answer = await fetch(url, init);
      if (answer.url.includes('sessions.endAll')) await outcome;
      return answer;
    },
  });
  const watch = client.notifications.watch();
  await watch.started;
  void watch.next().then(resolve, resolve);
  await client.sessions.endAll();
  expect(await outcome).toMatchObject({ done: true });
  expect(ends).toEqual(['logged_out']);
});

test('a logout-all that does not get through throws, and logs nobody out', async () => {
  const client = createTaskmasterClient({
    url: 'http://127.0.0.1:9',
    tokens: { access_token: 'a', refresh_token: 'r' },
  });
  await expect(client.sessions.endAll()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(await client.auth.isLoggedIn()).toBe(true);
});

test('a cut connection is resumed: every change is heard once and in order', async () => {
  await using proxy = await startTcpProxy(() => addressOf(server.url));
  const storage = memoryStorage();
  const { client } = await join({ storage });
  const kept = await storage.load();
  const listener = createTaskmasterClient({
    url: through(proxy, server.url),
    backoff: () => 20,
    ...(kept && { tokens: kept }),
  });
  const watch = listener.tasks.watch();
  await watch.started;

  await client.tasks.create({ title: 'first' });
  expect(await watch.next()).toMatchObject({ value: { type: 'task', action: 'task.created' } });
  const titles = Array.from({ length: 60 }, (_, n) => `task ${n}`);
  const writing = (async () => {
    for (const [n, title] of titles.entries()) {
      await client.tasks.create({ title });
      if (n % 20 === 10) proxy.setOpen(false);
      if (n % 10 === 0) proxy.cut();
      if (n % 20 === 15) proxy.setOpen(true);
    }
  })();
  const heard: string[] = [];
  const ids = new Set<string>();
  for await (const event of watch) {
    if (event.type === 'resync') throw new Error('asked to start over');
    ids.add(event.id);
    heard.push(event.task?.title ?? '');
    if (heard.length === titles.length) break;
  }
  await writing;
  expect(heard).toEqual(titles);
  expect(ids.size).toBe(titles.length);
});

test('who may not see a team, or no longer, is not let watch it, once and for good; what else they watch goes on', async () => {
  const [{ client: ann }, { client: bob, user }] = [await join(), await join()];
  const { id: team_id } = await ann.teams.create({ name: 'a team' });
  const everything = bob.tasks.watch();
  await everything.started;
  const refused = { code: 'TEAM_NOT_FOUND', status: 404 };
  const early = bob.tasks.watch({ team_id });
  await expect(early.started).rejects.toMatchObject(refused);
  await expect(early.next()).rejects.toMatchObject(refused);
  expect(await early.next()).toMatchObject({ done: true });

  await ann.teams.addMember({ team_id, user_id: user.id });
  const watch = bob.tasks.watch({ team_id });
  await watch.started;
  await ann.tasks.create({ title: 'ours', team_id });
  const heard = await watch.next();
  await watch.return();
  await ann.teams.removeMember({ team_id, user_id: user.id });
  await expect(bob.tasks.watch({ team_id, lastEventId: heard.value?.id ?? '' }).next()).rejects.toMatchObject(refused);

  await bob.tasks.create({ title: 'mine' });
  for await (const event of everything) if (event.type === 'task' && event.task?.title === 'mine') break;
  expect(bob.state.value).toBe('idle');
});
