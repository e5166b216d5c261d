import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@taskmaster/core/errors';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { isStarted, openPlain, openSocket, openTyped, subscription } from '../testing/socket-client.ts';
import { createTestServer } from '../testing/socket-server.ts';
import type { TestServer } from '../testing/socket-server.ts';

const Claims = z.object({ sid: z.uuid() });

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

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
