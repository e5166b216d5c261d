import { afterEach, expect, test, vi } from 'vitest';
import { createTaskmasterClient } from '../create-client.ts';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import type { Fetch } from '../http/fetch.ts';
import type { TaskmasterClientOptions } from '../options.ts';
import { createSession } from '../session/session.ts';
import type { SessionOptions } from '../session/session.ts';
import { memoryStorage } from '../session/storage.ts';
import { fakeRefresh } from '../testing/fake-refresh.ts';
import type { FakeSocket } from '../testing/fake-socket-server.ts';
import { startFakeSocketServer } from '../testing/fake-socket-server.ts';
import { createRealtime } from './realtime.ts';
import { createWatch } from './watch.ts';

afterEach(() => void vi.useRealTimers());

const tokens = { access_token: 'access-0', refresh_token: 'refresh-0', expires_at: Date.now() + 900_000 };
const event = { type: 'resync' };

function clientOf(url: string, options: Partial<TaskmasterClientOptions> = {}) {
  const backoff = vi.fn<(failures: number) => number>(() => 10);
  return { client: createTaskmasterClient({ url, tokens, backoff, fetch: fakeRefresh().fetch, ...options }), backoff };
}

// With 4401 a token is renewed each time: it would go on as fast as the two answer.
test.each([1013, 4401])(
  'a server that closes every socket with %i, unserved, is left longer and longer',
  async (code) => {
    await using server = await startFakeSocketServer(undefined, (socket) => socket.close(code));
    const { client, backoff } = clientOf(server.url);
    const watch = client.notifications.watch();
    await expect.poll(() => backoff.mock.calls.slice(0, 3)).toEqual([[1], [2], [3]]);
    await watch.return();
  },
);

test('one that was served in between is no failure', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index < 2) socket.close(1011);
    else socket.send('a', event);
  });
  const { client, backoff } = clientOf(server.url);
  const watch = client.notifications.watch({ lastEventId: 'z' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(backoff.mock.calls).toEqual([[1], [1]]);
});

test('a close that comes before anything is sent tells its reason all the same', async () => {
  await using server = await startFakeSocketServer(
    (socket) => socket.send('a', event),
    (socket, index) => void (index < 5 && socket.close(4401)),
  );
  const { fetch, state } = fakeRefresh();
  const watch = clientOf(server.url, { fetch }).client.notifications.watch();
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(state.count).toBe(5);
});

const passing: [string, (socket: FakeSocket) => void][] = [
  ['fails with UNAVAILABLE', (socket) => socket.fail('UNAVAILABLE')],
  ['fails with RATE_LIMITED', (socket) => socket.fail('RATE_LIMITED')],
  ['fails with INTERNAL', (socket) => socket.fail('INTERNAL')],
  ['ends without an error', (socket) => socket.stop()],
];

test.each(passing)('a stream that %s is taken up again, over another socket', async (_, end) => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) end(socket);
    else socket.send('a', event);
  });
  const watch = clientOf(server.url).client.notifications.watch({ lastEventId: 'z' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(server.sockets.map(({ token }) => token)).toEqual(['access-0', 'access-0']);
});

test('one that fails with UNAUTHENTICATED is taken up again with a new token', async () => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) socket.fail('UNAUTHENTICATED');
    else socket.send('a', event);
  });
  const { fetch, state } = fakeRefresh();
  const watch = clientOf(server.url, { fetch }).client.notifications.watch({ lastEventId: 'z' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(server.sockets.map(({ token }) => token)).toEqual(['access-0', 'access-1']);
  expect(state.count).toBe(1);
});

const refusing = (code: string): Fetch => fakeRefresh({ refuse: () => code }).fetch;
const refusals: [string, Fetch][] = [
  ['UNAVAILABLE', refusing('UNAVAILABLE')],
  ['RATE_LIMITED', refusing('RATE_LIMITED')],
  ['INTERNAL', refusing('INTERNAL')],
  ['the page of a proxy', async () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
];

test.each(refusals)('a renewal that is answered by %s ends no watch: it is tried again', async (_, refuse) => {
  await using server = await startFakeSocketServer((socket, index) => {
    if (index === 0) socket.close(4401);
    else socket.send('a', event);
  });
  const good = fakeRefresh();
  const fetch = vi.fn(good.fetch).mockImplementationOnce(refuse);
  const { client, backoff } = clientOf(server.url, { fetch });
  const watch = client.notifications.watch({ lastEventId: 'z' });
  expect(await watch.next()).toMatchObject({ value: { id: 'a' } });
  await watch.return();
  expect(good.state.count).toBe(1);
  expect(backoff.mock.calls).toEqual([[1]]);
});

test.each([
  ['says nothing of it', undefined, 0],
  ['asks for a pause', 7, 7_000],
  ['asks for one of years', 1e9, 3_600_000],
  ['asks for the impossible', -7, 0],
])(
  'a server that renews no token and %s is asked again after that and the pause of a failure',
  async (_, asked, ms) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const refresh = vi.fn<SessionOptions['refresh']>(async () => {
      throw new TaskmasterError('UNAVAILABLE', 'no', asked === undefined ? {} : { retry_after_seconds: asked });
    });
    const session = createSession({ storage: memoryStorage(), refresh, onEnd: () => {} });
    await session.start({ ...tokens, expires_at: 0 });
    const realtime = createRealtime({ url: 'ws://127.0.0.1:9', session, WebSocket: undefined, backoff: () => 10 });
    const { watch, feed } = createWatch({ path: 'notifications.onCreate', input: {}, onDone: realtime.remove });
    realtime.add(feed);
    await vi.advanceTimersByTimeAsync(ms + 9);
    expect(refresh).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(refresh).toHaveBeenCalledTimes(2);
    await watch.return();
  },
);
