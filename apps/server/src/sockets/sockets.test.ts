import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@taskmaster/core/errors';
import { sessions, users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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

const Claims = z.object({ sid: z.uuid() });

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

describe('what ends a socket', () => {
  const openBoth = async (user: Awaited<ReturnType<TestServer['createUser']>>) => {
    const [plain, typed] = [await openPlain(server, user), await openTyped(server, user)];
    typed.send(subscription(1));
    await typed.find(isStarted(1), 'the start');
    return [plain, typed];
  };

  test('the end of its token: 4401', async () => {
    const both = await openBoth(await server.createUser('user', 2));
    expect(await Promise.all(both.map(({ closed }) => closed))).toEqual([4401, 4401]);
  });

  test('deactivation: 4403, and nothing that was committed after it', async () => {
    const [admin, user] = [await server.createUser('admin'), await server.createUser()];
    const both = await openBoth(user);
    const other = await openPlain(server, admin);
    const started = performance.now();
    await server.services.users.deactivate(server.contextOf(admin, 'admin'), { user_id: user.id });
    await server.notify(user);
    expect(await Promise.all(both.map(({ closed }) => closed))).toEqual([4403, 4403]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(both.flatMap(({ frames }) => frames).filter((frame) => JSON.stringify(frame).includes('hello'))).toEqual([]);
    expect(other.ws.readyState).toBe(other.ws.OPEN);
  });

  /** Somebody who is logged in three times, and somebody else, each with both kinds of socket. */
  async function logInThreeTimes(username: string) {
    const { auth } = server.services;
    const origin = { request_id: 'test', ip_address: null, user_agent: null };
    const account = { email: `${username}@example.com`, username, password: 'a first password' };
    const { id } = await auth.register(origin, account);
    const logIn = async () => {
      const { access_token: token, refresh_token } = await auth.login(origin, account);
      const { sid } = Claims.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
      const ctx = { ...origin, actor: { id, role: 'user' as const, session_id: sid } };
      return { ctx, refresh_token, sockets: await openBoth({ id, session_id: sid, token }) };
    };
    const [one, two, three] = [await logIn(), await logIn(), await logIn()];
    return { one, two, three, stranger: { sockets: await openBoth(await server.createUser()) } };
  }

  type Devices = Awaited<ReturnType<typeof logInThreeTimes>>;
  const password = { current_password: 'a first password', new_password: 'a second password' };
  const endings: ReadonlyArray<readonly [string, readonly (keyof Devices)[], (devices: Devices) => Promise<void>]> = [
    ['a logout', ['one'], ({ one }) => server.services.auth.logout(one.ctx, one)],
    [
      'the end of one session',
      ['two'],
      ({ one, two }) => server.services.sessions.end(one.ctx, { session_id: two.ctx.actor.session_id }),
    ],
    ['logout-all', ['one', 'two', 'three'], ({ one }) => server.services.sessions.endAll(one.ctx)],
    ['a new password', ['two', 'three'], ({ one }) => server.services.users.changePassword(one.ctx, password)],
  ];

  test.each(endings)('%s: 4401 within a second to the sockets of %j, and to nobody else', async (what, ended, end) => {
    const devices = await logInThreeTimes(what.replaceAll(' ', '-'));
    const [gone, left] = [new Set<string>(ended), ['one', 'two', 'three', 'stranger'] as const];
    const started = performance.now();
    await end(devices);
    const closed = left.filter((name) => gone.has(name)).flatMap((name) => devices[name].sockets);
    expect(new Set(await Promise.all(closed.map((socket) => socket.closed)))).toEqual(new Set([4401]));
    expect(performance.now() - started).toBeLessThan(1_000);
    // What would close them too would have done so with the others: each of them still answers.
    for (const name of left.filter((other) => !gone.has(other))) {
      const [plain, typed] = devices[name].sockets;
      plain?.send({ type: 'ping' });
      typed?.send('PING');
      await plain?.find(({ type }) => type === 'pong', 'the pong');
      await typed?.find(({ pong }) => pong === true, 'the PONG');
    }
  });

  test('an unanswered ping: dropped; an answered one: not', async () => {
    await using quick = await createTestServer({ limits: { pingMs: 60 } });
    const user = await quick.createUser();
    const lively = await openPlain(quick, user);
    const dead = await openSocket(quick, `/ws/${user.id}?token=${user.token}`, { autoPong: false });
    const mute = await openSocket(quick, '/trpc', { autoPong: false });
    // What it says besides is no answer.
    const talking = setInterval(() => dead.send({ type: 'ping' }), 20);
    void dead.closed.then(() => clearInterval(talking));
    expect(await dead.closed).toBe(1006);
    expect(await mute.closed).toBe(1006);
    await sleep(150);
    expect(lively.ws.readyState).toBe(lively.ws.OPEN);
  });

  test.each([
    ['that has to wait: 1013, so that it is taken up anew', new AppError('UNAVAILABLE'), 1013],
    ['by a fault of ours: 1011', new Error('a fault'), 1011],
  ])('a stream %s', async (_why, error, code) => {
    await using failing = await createTestServer();
    const user = await failing.createUser();
    const watch = vi.spyOn(failing.hub, 'watchNotifications');
    watch.mockImplementation(() => {
      throw error;
    });
    const [plain, typed] = [await openPlain(failing, user), await openTyped(failing, user)];
    typed.send(subscription(1));
    expect(await Promise.all([plain.closed, typed.closed])).toEqual([code, code]);
    expect(watch).toHaveBeenCalledTimes(2);
  });

  test('the server stops: 1001, and no new ones', async () => {
    const stopping = await createTestServer();
    const user = await stopping.createUser();
    const [plain, typed] = [await openPlain(stopping, user), await openTyped(stopping, user)];
    await stopping.sockets.close();
    expect(await Promise.all([plain.closed, typed.closed])).toEqual([1001, 1001]);
    await expect(openPlain(stopping, user)).rejects.toThrow('refused with 503');
    await expect(openTyped(stopping)).rejects.toThrow('refused with 503');
    await stopping[Symbol.asyncDispose]();
  });
});
