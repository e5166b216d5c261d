import { tasks } from '@taskmaster/core/tables';
import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPlain, openTyped } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';

test('what comes after the server has closed the socket is not done', async () => {
  await using server = await createTestServer({ limits: { closeMs: 2_000 } });
  const user = await server.createUser();
  const socket = await openTyped(server, user);
  const create = (id: number) => ({ id, method: 'mutation', params: { path: 'tasks.create', input: { title: 'x' } } });
  socket.send(create(1));
  await socket.find(({ id }) => id === 1, 'the answer');
  // It does not hear that it is over, and what was read of its user is still fresh.
  socket.ws.pause();
  await server.services.sessions.endAll(server.contextOf(user));
  await until(() => server.hub.stats().revocations === 1, 'the revocation');
  socket.send(create(2));
  await sleep(300);
  expect(server.sockets.stats().open).toBe(1);
  expect(await server.db.$count(tasks)).toBe(1);
  socket.ws.terminate();
});

test('of several reasons to close a socket the first is counted', async () => {
  await using server = await createTestServer({ limits: { burst: 5, closeMs: 10_000 } });
  const socket = await openPlain(server, await server.createUser());
  // Closing for the one, it is still there for the other.
  socket.ws.pause();
  for (let n = 0; n < 10; n++) socket.send('{}');
  await until(() => server.hub.stats().subscriptions.notifications === 0, 'its end');
  expect(server.sockets.stats().open).toBe(1);
  const stopped = server.sockets.close();
  socket.ws.terminate();
  await stopped;
  expect(server.sockets.stats().closes).toEqual({ 1008: 1 });
});
