import { expect, test, vi } from 'vitest';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import type { SessionOptions } from './session.ts';
import { createSession, withToken } from './session.ts';
import type { TokenStorage } from './storage.ts';
import { memoryStorage, webStorage } from './storage.ts';
import type { Tokens } from './tokens.ts';

const expired = { access_token: 'access-0', refresh_token: 'refresh-0', expires_at: 0 };
const pair = (n: number) =>
  ({ access_token: `access-${n}`, refresh_token: `refresh-${n}`, token_type: 'bearer', expires_in: 900 }) as const;
const refused = new TaskmasterError('INVALID_REFRESH_TOKEN', 'refused', { status: 401 });

function sessionOf(refresh: SessionOptions['refresh'], storage: TokenStorage = memoryStorage()) {
  const onEnd = vi.fn<(reason: string) => void>();
  const spy = vi.fn(refresh);
  return { session: createSession({ storage, refresh: spy, onEnd }), refresh: spy, onEnd };
}

/** A server that answers a refresh when it is told to: the answers by the token that was presented. */
function slowServer() {
  const answers = new Map<string, PromiseWithResolvers<ReturnType<typeof pair>>>();
  const answerOf = (token: string) => {
    const answer = answers.get(token) ?? Promise.withResolvers<ReturnType<typeof pair>>();
    answers.set(token, answer);
    return answer;
  };
  return { answerOf, refresh: (token: string) => answerOf(token).promise };
}

/** When everything has happened that waits for nobody. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test.each([
  [30_000, 'access-0'],
  [29_999, 'access-1'],
])('a token that is good for %i ms more: %s is used', async (leftMs, used) => {
  const now = 1_000_000;
  const refresh = async () => pair(1);
  const session = createSession({ storage: memoryStorage(), refresh, onEnd: () => {}, now: () => now });
  await session.start({ ...expired, expires_at: now + leftMs });
  expect(await session.accessToken()).toBe(used);
});

test('ten calls that need a token share one refresh', async () => {
  const { session, refresh } = sessionOf(async () => pair(1));
  await session.start(expired);
  const tokens = await Promise.all(Array.from({ length: 10 }, () => session.accessToken()));
  expect(new Set(tokens)).toEqual(new Set(['access-1']));
  expect(refresh.mock.calls).toEqual([['refresh-0']]);
});

test('a call that is refused is tried once more, with a new token', async () => {
  const { session } = sessionOf(async () => pair(1));
  await session.start({ ...expired, expires_at: Date.now() + 900_000 });
  const seen: string[] = [];
  const attempt = async (token: string) => {
    seen.push(token);
    throw new TaskmasterError('UNAUTHENTICATED', 'no');
  };
  await expect(withToken(session, attempt)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(seen).toEqual(['access-0', 'access-1']);
});

const malformed = new TaskmasterError('VALIDATION_FAILED', 'malformed', { status: 422 });

test.each([refused, malformed])(
  'a refresh that is $message ends the session, once, for all who waited',
  async (why) => {
    const { session, onEnd } = sessionOf(async () => {
      throw why;
    });
    await session.start(expired);
    const results = await Promise.allSettled(Array.from({ length: 3 }, () => session.accessToken()));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(onEnd.mock.calls).toEqual([['refused']]);
    expect(await session.current()).toBeUndefined();
  },
);

test('a refresh that does not get through ends nothing', async () => {
  let isAway = true;
  const { session, onEnd } = sessionOf(async () => {
    if (isAway) throw new TaskmasterError('NETWORK', 'away');
    return pair(1);
  });
  await session.start(expired);
  await expect(session.accessToken()).rejects.toMatchObject({ code: 'NETWORK' });
  isAway = false;
  expect(await session.accessToken()).toBe('access-1');
  expect(onEnd).not.toHaveBeenCalled();
});

test('whoever logs in while a refresh is under way is not replaced by it', async () => {
  const { refresh, answerOf } = slowServer();
  const { session } = sessionOf(refresh);
  await session.start(expired);
  const waiting = session.accessToken();
  await settled();
  await session.start(pair(7));
  answerOf('refresh-0').resolve(pair(1));
  await expect(waiting).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await session.accessToken()).toBe('access-7');
});

test('the session of whoever logs in while a refresh is under way is not ended when it is refused', async () => {
  const { refresh, answerOf } = slowServer();
  const { session, onEnd } = sessionOf(refresh);
  await session.start(expired);
  const waiting = session.accessToken();
  await settled();
  await session.start(pair(7));
  answerOf('refresh-0').reject(refused);
  await expect(waiting).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await session.accessToken()).toBe('access-7');
  expect(onEnd).not.toHaveBeenCalled();
});

test('whoever logs in while a refresh is under way does not wait for it: their token is renewed by a refresh of its own, which later calls share', async () => {
  const server = slowServer();
  const { session, refresh } = sessionOf(server.refresh);
  await session.start(expired);
  const former = session.accessToken();
  await settled();
  await session.start(pair(7));
  const first = session.renew('access-7');
  await settled();
  server.answerOf('refresh-0').resolve(pair(1));
  await expect(former).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const second = session.renew('access-7');
  await settled();
  expect(refresh.mock.calls).toEqual([['refresh-0'], ['refresh-7']]);
  server.answerOf('refresh-7').resolve(pair(8));
  expect(await Promise.all([first, second])).toEqual(['access-8', 'access-8']);
});

test('whoever logs in while the storage is read is not replaced by what was in it', async () => {
  const { promise, resolve } = Promise.withResolvers<Tokens>();
  const { session } = sessionOf(async () => pair(1), { load: () => promise, save: () => {} });
  const reading = session.current();
  await session.start(pair(7));
  resolve(expired);
  expect(await reading).toMatchObject({ access_token: 'access-7' });
  expect(await session.current()).toMatchObject({ access_token: 'access-7' });
});

test('the end is told once, whoever finds out too', async () => {
  const { session, onEnd } = sessionOf(async () => pair(1));
  await session.start(expired);
  await Promise.all([session.end('deactivated'), session.end('refused')]);
  await session.end('refused');
  expect(onEnd.mock.calls).toEqual([['deactivated']]);
});

test('the end is told though the storage fails', async () => {
  const save = (tokens: Tokens | undefined) => {
    if (!tokens) throw new Error('the disk is full');
  };
  const { session, onEnd } = sessionOf(async () => pair(1), { load: () => expired, save });
  await expect(session.end('logged_out')).rejects.toThrow('the disk is full');
  expect(onEnd.mock.calls).toEqual([['logged_out']]);
  expect(await session.current()).toBeUndefined();
});

test('what another tab has refreshed is taken over, not refreshed again', async () => {
  const items = new Map<string, string>();
  const area = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  const here = sessionOf(async () => pair(1), webStorage(area));
  const there = sessionOf(async () => pair(2), webStorage(area));
  await here.session.start(expired);
  expect((await there.session.current())?.refresh_token).toBe('refresh-0');
  expect(await here.session.accessToken()).toBe('access-1');
  expect(await there.session.accessToken()).toBe('access-1');
  expect(there.refresh).not.toHaveBeenCalled();
  await here.session.end('logged_out');
  await expect(there.session.renew('access-1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(there.onEnd.mock.calls).toEqual([['logged_out']]);
});

test('what another tab has refreshed, but long ago, is refreshed again', async () => {
  const storage = memoryStorage();
  const { session, refresh } = sessionOf(async () => pair(2), storage);
  await session.start(expired);
  await storage.save({ access_token: 'access-1', refresh_token: 'refresh-1', expires_at: 0 });
  expect(await session.accessToken()).toBe('access-2');
  expect(refresh.mock.calls).toEqual([['refresh-1']]);
});

test('what somebody else left in the storage counts as nothing', () => {
  for (const text of ['{', '1', '{"access_token":1}', 'null']) {
    const area = { getItem: () => text, setItem: () => {}, removeItem: () => {} };
    expect(webStorage(area).load()).toBeUndefined();
  }
});
