import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessions, users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  handshake,
  isStarted,
  openPlain,
  openSocket,
  openTyped,
  sendHandshake,
  subscription,
} from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer } from '../testing/socket-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

describe('refused upgrades', () => {
  test("another user's id, and one that is none: 403, to an admin too", async () => {
    const [user, admin, other] = [
      await server.createUser(),
      await server.createUser('admin'),
      await server.createUser(),
    ];
    for (const [{ token }, id] of [
      [user, other.id],
      [admin, other.id],
      [user, 'not-an-id'],
      [user, '%20'],
    ] as const) {
      await expect(openSocket(server, `/ws/${id}?token=${token}`)).rejects.toThrow('refused with 403');
    }
  });

  test('the token of an ended session, and of a deactivated user: 401', async () => {
    const [one, two] = [await server.createUser(), await server.createUser()];
    await server.db.update(sessions).set({ revoked_at: new Date() }).where(eq(sessions.id, one.session_id));
    await server.db.update(users).set({ is_active: false }).where(eq(users.id, two.id));
    for (const user of [one, two]) await expect(openPlain(server, user)).rejects.toThrow('refused with 401');
  });

  test('a client that goes away in the middle of it', async () => {
    const user = await server.createUser();
    const before = server.sockets.stats().places;
    for (let i = 0; i < 20; i++) {
      const opening = openPlain(server, user);
      if (i % 2 === 0) await sleep(2);
      const { ws } = await opening;
      ws.terminate();
    }
    const rude = handshake(`/ws/${user.id}?token=${user.token}`);
    await sendHandshake(server, rude, 30).catch(() => undefined);
    await until(() => server.sockets.stats().places === before, 'the places to be free');
    expect(server.sockets.stats().open).toBe(0);
  });
});

describe('an error names its request, whatever it comes before', () => {
  const Refusal = z.object({ error: z.object({ data: z.object({ error: z.object({ request_id: z.uuid() }) }) }) });
  const idIn = (frame: unknown) => Refusal.parse(frame).error.data.error.request_id;

  test('a token that is none: by the id that the log has', async () => {
    server.errorIds.length = 0;
    const socket = await openTyped(server, { token: 'a.b.c' });
    socket.send({ id: 1, method: 'query', params: { path: 'users.me' } });
    await socket.closed;
    expect(server.errorIds).not.toEqual([]);
    expect(new Set(socket.frames.map(idIn))).toEqual(new Set(server.errorIds));
  });

  test('frames that are no calls: each by an id of its own', async () => {
    const socket = await openTyped(server);
    socket.send({ method: 'connectionParams', data: {} });
    socket.send('{');
    socket.send('[7]');
    await socket.closed;
    expect(socket.frames.length).toBeGreaterThan(1);
    expect(new Set(socket.frames.map(idIn)).size).toBe(socket.frames.length);
  });
});

describe('plain', () => {
  test('notifications as frames; the last event id resumes; ping is answered; other frames do no harm', async () => {
    const user = await server.createUser();
    const first = await openPlain(server, user);
    await server.notify(user);
    await until(() => first.frames.length === 1, 'the first');
    first.ws.close();
    await first.closed;
    await server.notify(user, null, 3);
    const second = await openPlain(server, user, String(first.frames[0]?.['id']));
    for (const frame of ['not json', '[]', 'null', '7', '{}', { type: 'unknown' }, { type: ['ping'] }])
      second.send(frame);
    second.send({ type: 'ping' });
    await second.find(({ type }) => type === 'pong', 'the pong');
    await server.notify(user);
    await until(() => second.frames.length === 5, 'three that were missed, the pong, one that came');
    expect(second.frames.filter(({ type }) => type === 'notification')).toHaveLength(4);
  });

  test('a position that is none: resync first, then on', async () => {
    const user = await server.createUser();
    const { frames } = await openPlain(server, user, 'nonsense');
    await until(() => frames.length === 1, 'the resync');
    await server.notify(user);
    await until(() => frames.length === 2, 'the notification');
    expect(frames.map(({ type }) => type)).toEqual(['resync', 'notification']);
    expect(frames[0]?.['id']).toBeTypeOf('string');
  });
});

describe('typed', () => {
  test('a subscription delivers, tracked; a call answers; PING is answered', async () => {
    const user = await server.createUser();
    const socket = await openTyped(server, user);
    socket.send(subscription(1));
    socket.send('PING');
    socket.send({ id: 2, method: 'query', params: { path: 'users.me' } });
    await socket.find(isStarted(1), 'the start');
    await socket.find(({ id }) => id === 2, 'the answer');
    await server.notify(user);
    const event = await socket.find((frame) => JSON.stringify(frame).includes('"notification"'), 'the event');
    const id = expect.any(String);
    expect(event).toMatchObject({ id: 1, result: { id, type: 'data', data: { id, data: { type: 'notification' } } } });
    expect(socket.frames).toContainEqual({ pong: true });
    expect(socket.frames.find(({ id }) => id === 2)).toMatchObject({ result: { data: { id: user.id } } });
  });

  test.each([
    ['a bad token', { method: 'connectionParams', data: { token: 'x' } }],
    ['no token', { method: 'connectionParams', data: null }],
    ['odd parameters', { method: 'connectionParams', data: { token: 7 } }],
    ['a subscription instead', subscription(9)],
    ['no JSON', '{'],
    ['a number', '7'],
  ])('%s: what was asked is answered by an error, and 4401', async (_what, first) => {
    const socket = await openTyped(server);
    socket.send(first);
    socket.send(subscription(1));
    expect(await socket.closed).toBe(4401);
    expect(socket.frames.find(({ id }) => id === 1)).toMatchObject({
      error: { data: { httpStatus: expect.any(Number) } },
    });
    expect(JSON.stringify(socket.frames)).not.toContain('started');
  });

  test("the changes of a team that they may not see: refused as its list is, and the socket goes on; an admin's are not", async () => {
    const { contextOf, createUser, services } = server;
    const [ann, bob, root] = [await createUser(), await createUser(), await createUser('admin')];
    const { id: team_id } = await services.teams.create(contextOf(ann), { name: 'a team' });
    const ofTeam = (id: number, input: object = {}) =>
      subscription(id, 'tasks.onChange', { input: { team_id, ...input } });
    const [socket, admins] = [await openTyped(server, bob), await openTyped(server, root)];
    const isRefused = (id: number) => (frame: Record<string, unknown>) => frame['id'] === id && 'error' in frame;
    const refusal = { error: { data: { httpStatus: 404, error: { code: 'TEAM_NOT_FOUND' } } } };

    socket.send(ofTeam(1));
    expect(await socket.find(isRefused(1), 'the refusal')).toMatchObject(refusal);
    admins.send(ofTeam(1));
    await admins.find(isStarted(1), "the admin's start");

    const membership = { team_id, user_id: bob.id };
    await services.teams.addMember(contextOf(ann), { ...membership, role: 'member' });
    socket.send(ofTeam(2));
    await socket.find(isStarted(2), 'the start');
    await until(() => socket.positions.length === 1, 'a position');
    await services.teams.removeMember(contextOf(ann), membership);
    socket.send(ofTeam(3, { lastEventId: socket.positions[0] }));
    expect(await socket.find(isRefused(3), 'the refusal of who was removed')).toMatchObject(refusal);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    expect(JSON.stringify(socket.frames.filter(({ id }) => id === 1 || id === 3))).not.toContain('started');
    admins.send(subscription(2, 'tasks.onChange', { input: { team_id: ann.id } }));
    expect(await admins.find(isRefused(2), 'that there is no such team')).toMatchObject(refusal);
    for (const { ws, closed } of [socket, admins]) {
      ws.close();
      await closed;
    }
  });

  test('after a restart of nothing but the session, a call is refused and the socket closed', async () => {
    const user = await server.createUser();
    const socket = await openTyped(server, user);
    socket.send(subscription(1));
    await socket.find(isStarted(1), 'the start');
    await server.db.update(sessions).set({ revoked_at: new Date() }).where(eq(sessions.id, user.session_id));
    // What was read of the actor is good for a second: the first call after it finds that the session is over.
    const asking = setInterval(() => socket.send({ id: 2, method: 'query', params: { path: 'users.me' } }), 100);
    expect(await socket.closed).toBe(4401);
    clearInterval(asking);
  });
});
