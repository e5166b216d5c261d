import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '@taskmaster/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { startFakeSocketServer } from '../testing/fake-socket-server.ts';
import { openLine } from './line.ts';
import type { LineOptions } from './line.ts';
import { createWatch } from './watch.ts';

afterEach(() => void vi.useRealTimers());

const options = { token: 'access-0', WebSocket: undefined, onState: () => undefined } satisfies Partial<LineOptions>;
const keepalive = { idleMs: 40, answerMs: 40 };
const newWatch = () => createWatch({ path: 'notifications.onCreate', input: {}, onDone: () => undefined });
const newFeed = () => newWatch().feed;
const socketUrl = (url: string) => `${url.replace('http', 'ws')}/trpc`;

test('a connection that does not open in ten seconds is given up', async () => {
  const { promise: accepted, resolve } = Promise.withResolvers<Socket>();
  await using server = createServer((socket) => resolve(socket.resume()));
  const port = await listen(server);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const line = openLine({ ...options, url: `ws://127.0.0.1:${port}/trpc` });
  line.add(newFeed());
  const closed = once(await accepted, 'close');
  vi.advanceTimersByTime(10_000);
  expect(await line.lost).toEqual({ code: undefined, wasServed: false });
  await closed;
});

test('one that was answered is kept', async () => {
  await using server = await startFakeSocketServer();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const line = openLine({ ...options, url: socketUrl(server.url) });
  const { watch, feed } = newWatch();
  line.add(feed);
  await watch.started;
  vi.advanceTimersByTime(10_000);
  expect(await Promise.race([line.lost, Promise.resolve('kept')])).toBe('kept');
  line.close();
});

test('a server that has gone without a word is found out', async () => {
  await using server = await startFakeSocketServer((socket) => socket.mute());
  const line = openLine({ ...options, url: socketUrl(server.url), keepalive });
  line.add(newFeed());
  expect(await line.lost).toEqual({ code: undefined, wasServed: true });
});

test('one that has nothing to say but answers is not', async () => {
  await using server = await startFakeSocketServer();
  const line = openLine({ ...options, url: socketUrl(server.url), keepalive });
  line.add(newFeed());
  const lost = vi.fn<() => void>();
  void line.lost.then(lost);
  await sleep(400);
  expect(lost).not.toHaveBeenCalled();
  expect(server.open()).toBe(1);
  line.close();
});
