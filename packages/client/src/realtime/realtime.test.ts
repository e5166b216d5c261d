import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createTaskmasterClient } from '../create-client.ts';
import type { Fetch } from '../http/fetch.ts';
import type { TaskmasterClientOptions } from '../options.ts';
import { fakeRefresh } from '../testing/fake-refresh.ts';
import { startFakeSocketServer } from '../testing/fake-socket-server.ts';

const tokens = { access_token: 'access-0', refresh_token: 'refresh-0', expires_at: Date.now() + 900_000 };
const event = { type: 'resync' };

const clientOf = (url: string, options: Partial<TaskmasterClientOptions> = {}) =>
  createTaskmasterClient({ url, tokens, backoff: () => 10, fetch: fakeRefresh().fetch, ...options });

test('a lost connection is opened again, from after the last event; what comes twice is given once', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) {
      socket.send('a', event);
      socket.send('b', event);
      setTimeout(() => socket.close(1011), 20);
    } else {
      socket.send('b', event);
      socket.send('c', event);
    }
  });
  const client = clientOf(server.url);
  const ids: string[] = [];
  for await (const { id } of client.notifications.watch()) {
    ids.push(id);
    if (id === 'c') break;
  }
  expect(ids).toEqual(['a', 'b', 'c']);
  expect(server.sockets.map(({ inputs }) => inputs)).toEqual([[{}], [{ lastEventId: 'b' }]]);
});

test('a connection that is lost before any event is resumed from where it began; `live` itself is not given out', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) {
      socket.send('start', { type: 'live' });
      setTimeout(() => socket.close(1011), 20);
    } else {
      socket.send('a', event);
    }
  });
  const watch = clientOf(server.url).notifications.watch();
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  expect(server.sockets.map(({ inputs }) => inputs)).toEqual([[{}], [{ lastEventId: 'start' }]]);
  await watch.return();
});

test('a connection that is lost before even that leaves no position: the loop is told to read again', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) setTimeout(() => socket.close(1011), 20);
    else socket.send('a', event);
  });
  const watch = clientOf(server.url).notifications.watch();
  expect(await watch.next()).toMatchObject({ value: { id: '', type: 'resync' } });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
});

test('the state tells what goes on, and the socket goes when nobody watches', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) {
      socket.send('a', event);
      setTimeout(() => socket.close(1001), 20);
    } else {
      setTimeout(() => socket.send('b', { type: 'live' }), 50);
    }
  });
  const client = clientOf(server.url);
  expect(client.state.value).toBe('idle');
  const states: string[] = [];
  client.state.subscribe((state) => states.push(state));
  const watch = client.tasks.watch({ team_id: 't' });
  await expect.poll(() => states.at(-1)).toBe('live');
  await expect.poll(() => states).toHaveLength(6);
  expect(states).toEqual(['connecting', 'live', 'offline', 'connecting', 'catching_up', 'live']);
  await watch.return();
  expect(client.state.value).toBe('idle');
  await expect.poll(() => server.open()).toBe(0);
});

test('4401: the token is renewed, and only then the socket is opened again', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) socket.close(4401);
    else socket.send('a', event);
  });
  const { fetch, state } = fakeRefresh();
  const client = clientOf(server.url, { fetch });
  const states: string[] = [];
  client.state.subscribe((next) => states.push(next));
  const watch = client.notifications.watch();
  // The first connection left no position.
  expect(await watch.next()).toMatchObject({ value: { id: '', type: 'resync' } });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(server.sockets.map(({ token }) => token)).toEqual(['access-0', 'access-1']);
  expect(state.count).toBe(1);
  expect(states, 'a token that ran out is nothing to wait for').not.toContain('offline');
});

test('4401 and a refused refresh: the session ends, and the loop says so', async () => {
  await using server = await startFakeSocketServer((socket) => socket.close(4401));
  const onSessionEnd = vi.fn<(reason: string) => void>();
  const { fetch } = fakeRefresh({ refuse: () => 'INVALID_REFRESH_TOKEN' });
  const client = clientOf(server.url, { fetch, onSessionEnd });
  await expect(client.notifications.watch().next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(onSessionEnd.mock.calls).toEqual([['refused']]);
  expect(client.state.value).toBe('idle');
});

test('4403: the session ends at once, without a refresh', async () => {
  await using server = await startFakeSocketServer((socket) => socket.close(4403));
  const onSessionEnd = vi.fn<(reason: string) => void>();
  const { fetch, state } = fakeRefresh();
  const client = clientOf(server.url, { fetch, onSessionEnd });
  await expect(client.notifications.watch().next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(onSessionEnd.mock.calls).toEqual([['deactivated']]);
  expect(await client.auth.isLoggedIn()).toBe(false);
  expect(state.count).toBe(0);
});

test('while the network is away the session stays, and attempts go on', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) socket.close(4401);
    else socket.send('a', event);
  });
  const real = fakeRefresh();
  let failures = 3;
  const client = clientOf(server.url, {
    fetch: async (...call) => {
      if (failures-- > 0) throw new TypeError('fetch failed');
      return real.fetch(...call);
    },
  });
  const watch = client.notifications.watch({ lastEventId: 'z' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(real.state.count).toBe(1);
});

test('what the server refuses for good ends its watch alone', async () => {
  await using server = await startFakeSocketServer((socket) => {
    if (socket.inputs.length === 2) socket.fail('TEAM_NOT_FOUND');
  });
  const client = clientOf(server.url);
  const first = client.notifications.watch();
  await first.started;
  const second = client.tasks.watch({ team_id: 't' });
  await expect(second.next()).rejects.toMatchObject({ code: 'TEAM_NOT_FOUND', request_id: 'r1' });
  expect(await second.next()).toMatchObject({ done: true });
  await first.return();
});

test('what is refused when it is opened again is not asked for a third time', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index > 0) socket.fail('TEAM_NOT_FOUND');
    else {
      socket.send('a', event);
      setTimeout(() => socket.close(1011), 20);
    }
  });
  const client = clientOf(server.url);
  const watch = client.tasks.watch({ team_id: 't' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await expect(watch.next()).rejects.toMatchObject({ code: 'TEAM_NOT_FOUND' });
  await sleep(100);
  expect(server.sockets.map(({ inputs }) => inputs)).toEqual([
    [{ team_id: 't' }],
    [{ team_id: 't', lastEventId: 'a' }],
  ]);
  expect(client.state.value).toBe('idle');
});

test('an event without an id is an error, not an event', async () => {
  await using server = await startFakeSocketServer((socket) => socket.sendRaw(['a', event]));
  await expect(clientOf(server.url).notifications.watch().next()).rejects.toMatchObject({ code: 'PROTOCOL' });
});

test('many watches share a socket; an aborted one leaves no listener behind', async () => {
  await using server = await startFakeSocketServer();
  const client = clientOf(server.url);
  const stop = new AbortController();
  const add = vi.spyOn(stop.signal, 'addEventListener');
  const remove = vi.spyOn(stop.signal, 'removeEventListener');
  const watches = Array.from({ length: 5 }, () => client.notifications.watch({ signal: stop.signal }));
  await Promise.all(watches.map(({ started }) => started));
  expect(server.sockets).toHaveLength(1);
  const pending = watches.map((watch) => watch.next());
  stop.abort();
  for (const result of await Promise.all(pending)) expect(result).toMatchObject({ done: true });
  expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
  await expect.poll(() => server.open()).toBe(0);
  expect(client.state.value).toBe('idle');
});

test('one watch of several that ends stops its own subscription, and the socket stays', async () => {
  await using server = await startFakeSocketServer();
  const client = clientOf(server.url);
  const [first, second] = [client.notifications.watch(), client.tasks.watch()];
  await Promise.all([first.started, second.started]);
  const [socket] = server.sockets;
  expect(socket?.watched()).toBe(2);
  await first.return();
  await expect.poll(() => socket?.watched()).toBe(1);
  expect(server.open()).toBe(1);
  await second.return();
});

test('a watch that ends while its token is renewed opens no socket', async () => {
  const opened = vi.fn<() => void>();
  class Spied extends WebSocket {
    constructor(url: string) {
      super(url);
      opened();
    }
  }
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const refresh = fakeRefresh();
  const fetch = vi.fn<Fetch>(async (...call) => {
    await released;
    return refresh.fetch(...call);
  });
  const expired = { ...tokens, expires_at: 0 };
  const client = clientOf('http://127.0.0.1:9', { fetch, tokens: expired, WebSocket: Spied });
  const watch = client.notifications.watch();
  await expect.poll(() => fetch).toHaveBeenCalled();
  // It needs the same token, and uses it later than the watch would.
  const call = client.users.me();
  await watch.return();
  release();
  await expect(call).rejects.toMatchObject({ code: 'NETWORK' });
  expect(refresh.state.count).toBe(1);
  expect(opened).not.toHaveBeenCalled();
});

test('a watch whose signal is aborted already does not begin', async () => {
  const client = clientOf('http://127.0.0.1:9');
  const watch = client.notifications.watch({ signal: AbortSignal.abort() });
  expect(client.state.value).toBe('idle');
  expect(await watch.next()).toMatchObject({ done: true });
});

test('a watch by somebody who is not logged in throws', async () => {
  const client = createTaskmasterClient({ url: 'http://127.0.0.1:9' });
  await expect(client.notifications.watch().next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('logging out ends the loops quietly', async () => {
  await using server = await startFakeSocketServer();
  const client = clientOf(server.url);
  const watch = client.notifications.watch();
  await watch.started;
  const next = watch.next();
  await expect(client.auth.logout()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(await next).toMatchObject({ done: true });
  expect(await client.auth.isLoggedIn()).toBe(false);
});
