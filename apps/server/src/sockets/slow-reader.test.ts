import { randomUUID } from 'node:crypto';
import { tasks } from '@taskmaster/core/tables';
import { expect, test } from 'vitest';
import { until } from '@taskmaster/testing';
import { isStarted, openPlain, openTyped, subscription } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';

const body = 'x'.repeat(10_000);

test.each(['plain', 'typed'] as const)(
  '%s: who reads nothing is closed with 1013, holding little; others read on',
  async (kind) => {
    await using server = await createTestServer({ limits: { stallMs: 300, closeMs: 200 } });
    const user = await server.createUser();
    const open = async () => {
      if (kind === 'plain') return openPlain(server, user);
      const socket = await openTyped(server, user);
      socket.send(subscription(1));
      await socket.find(isStarted(1), 'the start');
      return socket;
    };
    const [slow, quick] = [await open(), await open()];
    slow.ws.pause();
    let most = 0;
    let sent = 0;
    const isGone = () => server.sockets.stats().open === 1;
    while (!isGone() && sent < 4_000) {
      await server.notify(user, body, 50);
      sent += 50;
      most = Math.max(most, server.sockets.stats().bufferedBytes);
    }
    await until(isGone, 'the slow one to be closed');
    expect(server.sockets.stats().closes).toEqual({ 1013: 1 });
    expect(most).toBeLessThan(1024 * 1024 + 2 * 50 * 10_500);
    const heard = () => quick.frames.filter((frame) => JSON.stringify(frame).includes('notification')).length;
    await until(() => heard() === sent, 'the quick one to have heard all', 10_000);
    expect(server.sockets.stats().bufferedBytes).toBe(0);
  },
);

test('who calls and does not read the answers is closed with 1013', async () => {
  await using server = await createTestServer();
  const user = await server.createUser();
  const task = () => ({ id: randomUUID(), title: 'long', description: body.repeat(2), created_by_id: user.id });
  await server.db.insert(tasks).values(Array.from({ length: 100 }, task));
  const socket = await openTyped(server, user);
  socket.ws.pause();
  // Two megabytes each: what the kernel takes is full soon.
  for (let id = 0; id < 30; id++)
    socket.send({ id, method: 'query', params: { path: 'tasks.list', input: { size: 100 } } });
  await until(() => server.sockets.stats().open === 0, 'the end of the socket');
  expect(server.sockets.stats().closes).toEqual({ 1013: 1 });
});

test.each(['plain', 'typed'] as const)(
  '%s: who resumes far behind is given all of it at their own pace, and is not closed for it',
  async (kind) => {
    await using server = await createTestServer();
    const user = await server.createUser();
    const first = await openPlain(server, user);
    await server.notify(user);
    await until(() => first.frames.length === 1, 'the first');
    first.ws.close();
    await first.closed;
    for (let i = 0; i < 10; i++) await server.notify(user, body, 200);
    const lastEventId = String(first.frames[0]?.['id']);
    const second = kind === 'plain' ? await openPlain(server, user, lastEventId) : await openTyped(server, user);
    if (kind === 'typed') second.send(subscription(1, 'notifications.onCreate', { input: { lastEventId } }));
    const heard = () => second.frames.filter((frame) => JSON.stringify(frame).includes('"notification"')).length;
    await until(() => heard() === 2_000, 'all that was missed', 15_000);
    expect(second.ws.readyState).toBe(second.ws.OPEN);
  },
);
