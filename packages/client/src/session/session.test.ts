import { expect, test, vi } from 'vitest';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import { createSession, withToken } from './session.ts';
import { memoryStorage, webStorage } from './storage.ts';

const expired = { access_token: 'access-0', refresh_token: 'refresh-0', expires_at: 0 };
const pair = (n: number) =>
  ({ access_token: `access-${n}`, refresh_token: `refresh-${n}`, token_type: 'bearer', expires_in: 900 }) as const;
const refused = new TaskmasterError('INVALID_REFRESH_TOKEN', 'refused', { status: 401 });

function sessionOf(refresh: (token: string) => Promise<ReturnType<typeof pair>>, storage = memoryStorage()) {
  const onEnd = vi.fn<(reason: string) => void>();
  const spy = vi.fn(refresh);
  return { session: createSession({ storage, refresh: spy, onEnd }), refresh: spy, onEnd };
}

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

test('a refused refresh ends the session, once, for all who waited', async () => {
  const { session, onEnd } = sessionOf(async () => {
    throw refused;
  });
  await session.start(expired);
  const results = await Promise.allSettled(Array.from({ length: 3 }, () => session.accessToken()));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(onEnd.mock.calls).toEqual([['refused']]);
  expect(await session.current()).toBeUndefined();
});

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
  let answer = (_pair: ReturnType<typeof pair>) => {};
  const { session, refresh } = sessionOf(() => new Promise((resolve) => (answer = resolve)));
  await session.start(expired);
  const waiting = session.accessToken();
  await vi.waitFor(() => expect(refresh).toHaveBeenCalled());
  await session.start(pair(7));
  answer(pair(1));
  await expect(waiting).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await session.accessToken()).toBe('access-7');
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

test('what somebody else left in the storage counts as nothing', () => {
  for (const text of ['{', '1', '{"access_token":1}', 'null']) {
    const area = { getItem: () => text, setItem: () => {}, removeItem: () => {} };
    expect(webStorage(area).load()).toBeUndefined();
  }
});
