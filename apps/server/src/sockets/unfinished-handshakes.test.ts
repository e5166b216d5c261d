import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { tasks } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { handshake, openPlain, openTyped } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';

/** A server that holds up the reading of tokens, while it is told to. */
async function createHeldServer(when: 'before' | 'after', limits: { handshakeMs?: number; closeMs?: number } = {}) {
  const held: (() => void)[] = [];
  const state = { isHolding: false };
  const hold = async () => {
    if (state.isHolding) await new Promise<void>((resolve) => void held.push(resolve));
  };
  const server = await createTestServer({
    limits,
    async reading(read) {
      if (when === 'before') await hold();
      const authentication = await read();
      if (when === 'after') await hold();
      return authentication;
    },
  });
  return {
    server,
    hold() {
      state.isHolding = true;
    },
    /** Resolves when so many are held up. */
    isHeld: (count = 1) => until(() => held.length === count, 'a token to be read'),
    release() {
      state.isHolding = false;
      for (const go of held.splice(0)) go();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('a refused client that keeps its side open holds no place', async () => {
  await using server = await createTestServer();
  const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(handshake('/ws/nobody?token=none'));
  const refused = performance.now();
  await once(socket.resume(), 'end');
  await until(() => server.sockets.stats().places === 0, 'the place to be free');
  expect(performance.now() - refused).toBeLessThan(800);
  socket.destroy();
});

test('a client that is gone before its upgrade is looked at holds no place', async () => {
  await using server = await createTestServer();
  const socket = new Socket();
  socket.destroy();
  await once(socket, 'close');
  const request = new IncomingMessage(socket);
  const headers = { host: 'localhost', upgrade: 'websocket', 'sec-websocket-version': '13' };
  Object.assign(request, { method: 'GET', url: '/trpc' });
  Object.assign(request.headers, headers, { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' });
  server.sockets.handleUpgrade(request, socket, Buffer.alloc(0));
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.sockets.stats()).toMatchObject({ places: 0, refused: 0 });
});

test('a client that is gone while it is counted holds no place', async () => {
  const { promise: isCounted, resolve: count } = Promise.withResolvers<void>();
  await using server = await createTestServer({ counting: () => isCounted });
  const socket = connect(server.port, '127.0.0.1');
  socket.write(handshake('/trpc'));
  await until(() => server.sockets.stats().places === 1, 'the place to be taken');
  socket.resetAndDestroy();
  await until(() => server.sockets.stats().places === 0, 'the place to be free');
  count();
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.sockets.stats()).toMatchObject({ places: 0, open: 0 });
});

test('a client that resets its connection while its token is read harms nobody', async () => {
  await using held = await createHeldServer('before');
  const { server } = held;
  const user = await server.createUser();
  held.hold();
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(handshake(`/ws/${user.id}?token=none`));
  await held.isHeld();
  socket.resetAndDestroy();
  await once(socket, 'close');
  held.release();
  await until(() => server.sockets.stats().places === 0, 'the place to be free');
  const { ws } = await openPlain(server, user);
  expect(server.sockets.stats()).toMatchObject({ open: 1, refused: 1 });
  ws.terminate();
});

test('a token that cannot be read in time: 503', async () => {
  await using held = await createHeldServer('before', { handshakeMs: 200 });
  const user = await held.server.createUser();
  held.hold();
  await expect(openPlain(held.server, user)).rejects.toThrow('refused with 503');
  held.release();
});

test.each(['plain', 'typed'] as const)('%s: a session that ends while its token is read: refused', async (kind) => {
  await using held = await createHeldServer('after');
  const { server } = held;
  const user = await server.createUser();
  held.hold();
  const opening = kind === 'plain' ? openPlain(server, user) : openTyped(server, user);
  await held.isHeld();
  // Asked of the typed one before it is known who asks.
  const create = { id: 1, method: 'mutation', params: { path: 'tasks.create', input: { title: 'x' } } };
  if (kind === 'typed') (await opening).send(create);
  await server.services.sessions.endAll(server.contextOf(user));
  await until(() => server.hub.stats().revocations === 1, 'the revocation');
  held.release();
  expect(await (await opening).closed).toBe(4401);
  // Asked after it, and done: it would be there by now.
  const another = { title: 'another', status: 'todo' as const, priority: 'medium' as const, tags: [] };
  await server.services.tasks.create(server.contextOf(await server.createUser()), another);
  expect(await server.db.select({ title: tasks.title }).from(tasks)).toEqual([{ title: 'another' }]);
});

test('a client that is gone when its token has been read is not counted as there', async () => {
  await using held = await createHeldServer('after');
  const { server } = held;
  held.hold();
  const { ws } = await openTyped(server, await server.createUser());
  await held.isHeld();
  ws.terminate();
  await until(() => server.sockets.stats().open === 0, 'the end of the socket');
  held.release();
  await sleep(50);
  expect(server.sockets.stats()).toMatchObject({ identified: 0, places: 0 });
});

test('the server stops: who is found good after that is refused by 503', async () => {
  await using held = await createHeldServer('before', { closeMs: 1_000 });
  const { server } = held;
  const user = await server.createUser();
  const mute = await openPlain(server, user);
  // It answers no close frame, and so keeps the server waiting.
  mute.ws.pause();
  held.hold();
  const late = openPlain(server, user);
  await held.isHeld();
  const closed = server.sockets.close();
  held.release();
  await expect(late).rejects.toThrow('refused with 503');
  await closed;
  mute.ws.terminate();
});

test('the server stops: whose token is still being read is cut off', async () => {
  await using held = await createHeldServer('before');
  const { server } = held;
  held.hold();
  const late = openPlain(server, await server.createUser());
  await held.isHeld();
  await server.sockets.close();
  await expect(late).rejects.toThrow('socket hang up');
  held.release();
});
