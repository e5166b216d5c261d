import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { handshake, isStarted, openPlain, openTyped, sendHandshake, subscription } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer } from '../testing/socket-server.ts';

const limits = {
  handshakeMs: 500,
  maxPayloadBytes: 2_000,
  maxFragments: 4,
  maxBatchSize: 3,
  maxSubscriptions: 2,
  burst: 20,
  perSecond: 50,
  maxPerUser: 2,
  maxPerAddress: 6,
};

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer({ limits });
});
afterAll(async () => server[Symbol.asyncDispose]());

const query = (id: number) => ({ id, method: 'query', params: { path: 'users.me' } });

async function authenticated() {
  const socket = await openTyped(server, await server.createUser());
  socket.send(query(0));
  await socket.find(({ id }) => id === 0, 'the first answer');
  return socket;
}

const isOpen = async ({ ws }: { ws: { readyState: number; OPEN: number } }) => {
  await sleep(50);
  return ws.readyState === ws.OPEN;
};

const closeAll = async (...sockets: { ws: { terminate: () => void } }[]) => {
  for (const { ws } of sockets) ws.terminate();
  await until(() => server.sockets.stats().open === 0, 'all to be gone');
};

test('silence after the upgrade: 4401 in time; a token in time: it stays', async () => {
  const silent = await openTyped(server);
  const socket = await authenticated();
  expect(await silent.closed).toBe(4401);
  await sleep(limits.handshakeMs);
  expect(await isOpen(socket)).toBe(true);
  await closeAll(socket);
});

test('a message of the largest size, and one byte more: 1009', async () => {
  const socket = await authenticated();
  socket.send(' '.repeat(limits.maxPayloadBytes - 2) + '{}');
  expect(await isOpen(socket)).toBe(true);
  socket.send(' '.repeat(limits.maxPayloadBytes - 1) + '{}');
  expect(await socket.closed).toBe(1009);
});

test('fragments', async () => {
  const send = async (count: number) => {
    const socket = await openPlain(server, await server.createUser());
    for (let i = 1; i <= count; i++) socket.ws.send('{}', { fin: i === count });
    return socket;
  };
  const [few, many] = [await send(limits.maxFragments), await send(limits.maxFragments + 1)];
  expect(await many.closed).toBe(1008);
  expect(await isOpen(few)).toBe(true);
  await closeAll(few);
});

test('a binary frame: 1003', async () => {
  const [typed, plain] = [await authenticated(), await openPlain(server, await server.createUser())];
  typed.ws.send(Buffer.from('{}'));
  plain.ws.send(Buffer.from('{}'));
  expect(await Promise.all([typed.closed, plain.closed])).toEqual([1003, 1003]);
});

test('calls in one frame: as many as may be, and one more: 1008', async () => {
  const socket = await authenticated();
  socket.send([1, 2, 3].map(query));
  await socket.find(({ id }) => id === 3, 'the last answer');
  socket.send([4, 5, 6, 7].map(query));
  expect(await socket.closed).toBe(1008);
  expect(socket.frames.some(({ id }) => id === 4)).toBe(false);
});

test('subscriptions: as many as may be, again after one has stopped, and one more: 1008', async () => {
  const socket = await authenticated();
  socket.send([1, 2].map((id) => subscription(id)));
  await socket.find(isStarted(2), 'the second');
  socket.send({ id: 1, method: 'subscription.stop' });
  await socket.find(({ id, result }) => id === 1 && JSON.stringify(result).includes('stopped'), 'the stop');
  socket.send(subscription(3));
  await socket.find(isStarted(3), 'the third');
  socket.send(subscription(4));
  expect(await socket.closed).toBe(1008);
  await until(() => server.hub.stats().subscriptions.notifications === 0, 'nothing to be left');
});

test('two subscriptions with one id: 1008', async () => {
  const socket = await authenticated();
  socket.send(subscription(1));
  await socket.find(isStarted(1), 'the start');
  socket.send(subscription(1));
  expect(await socket.closed).toBe(1008);
});

test.each([
  ['frames of tRPC', async () => authenticated(), 'PING'],
  ['frames', async () => openPlain(server, await server.createUser()), '{}'],
])('%s: a burst as large as may be, and a larger one: 1008', async (_what, open, frame) => {
  const socket = await open();
  await sleep(300);
  for (let i = 0; i < limits.burst; i++) socket.send(frame);
  expect(await isOpen(socket)).toBe(true);
  for (let i = 0; i < limits.burst; i++) socket.send(frame);
  expect(await socket.closed).toBe(1008);
});

test('who is closed and does not answer that is subscribed to nothing any more', async () => {
  const socket = await openPlain(server, await server.createUser());
  await until(() => server.hub.stats().subscriptions.notifications === 1, 'the subscription');
  socket.ws.pause();
  for (let i = 0; i < limits.burst * 2; i++) socket.send('{}');
  await until(() => server.hub.stats().subscriptions.notifications === 0, 'its end');
  expect(server.sockets.stats().open).toBe(1);
  await closeAll(socket);
});

test('calls of a batch are counted each; pings too', async () => {
  const [caller, pinger] = [await authenticated(), await authenticated()];
  for (let i = 0; i < limits.burst / 2; i++) caller.send([1, 2, 3].map(query));
  for (let i = 0; i < limits.burst * 2; i++) pinger.ws.ping();
  expect(await Promise.all([caller.closed, pinger.closed])).toEqual([1008, 1008]);
});

test('sockets of one user: 429 beyond, 1013 at /trpc; and again when one has gone', async () => {
  const user = await server.createUser();
  const [one, two] = [await openPlain(server, user), await openPlain(server, user)];
  await expect(openPlain(server, user)).rejects.toThrow('refused with 429');
  const typed = await openTyped(server, user);
  expect(await typed.closed).toBe(1013);
  one.ws.terminate();
  await until(() => server.sockets.stats().open === 1, 'one to be left');
  const three = await openPlain(server, user);
  await closeAll(two, three);
});

test('sockets of one address: 429 beyond', async () => {
  const sockets = [];
  for (let i = 0; i < limits.maxPerAddress; i++) sockets.push(await openPlain(server, await server.createUser()));
  expect(await sendHandshake(server, handshake('/trpc'))).toMatch(/^HTTP\/1\.1 429 [^]*\r\nretry-after: 5\r\n/);
  await closeAll(...sockets);
  await closeAll(await openPlain(server, await server.createUser()));
});

test('sockets of the process: 503 beyond', async () => {
  await using small = await createTestServer({ limits: { maxSockets: 1 } });
  const user = await small.createUser();
  await openPlain(small, user);
  expect(await sendHandshake(small, handshake('/trpc'))).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: 5\r\n/);
  expect(small.sockets.stats().open).toBe(1);
});
