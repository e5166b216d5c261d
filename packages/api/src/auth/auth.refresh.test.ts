import { refreshTokens, sessions } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { secretKey } from '@taskmaster/testing';
import { createServices } from '../create-services.ts';
import { createRefreshTokens } from './refresh-tokens.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

async function loggedIn() {
  const { person, anonymous } = world();
  const ann = await person();
  const pair = await anonymous.auth.login({ email: ann.email, password });
  return { ann, ...pair };
}

const refresh = (refresh_token: string) => world().anonymous.auth.refresh({ refresh_token });
const logout = (refresh_token: string) => world().anonymous.auth.logout({ refresh_token });
const me = (token: string) => outcomeOf(world().bearer(token).users.me());

/** What the clock would do: makes the rotation of a token this long ago. */
async function age(token: string, seconds: number) {
  const { db, deps } = world();
  await db
    .update(refreshTokens)
    .set({ rotated_at: sql`rotated_at - make_interval(secs => ${seconds})` })
    .where(eq(refreshTokens.hash, deps.refreshTokens.hash(token)));
}

async function generations() {
  return world().db.$count(refreshTokens);
}

test('a refresh gives a new pair for the same session', async () => {
  const { ann, access_token, refresh_token } = await loggedIn();
  const next = await refresh(refresh_token);
  expect(next.refresh_token).not.toBe(refresh_token);
  expect(await world().bearer(next.access_token).users.me()).toMatchObject({ id: ann.id });
  expect(await me(access_token)).toBe('OK');
});

test('a refresh is no event: it leaves no row in the activity log', async () => {
  const { refresh_token } = await loggedIn();
  expect(await world().effectsOf(() => refresh(refresh_token))).toEqual({ outcome: 'OK', activity: [], told: [] });
});

test('tokens are stored as hashes only', async () => {
  const { refresh_token } = await loggedIn();
  const { refresh_token: next } = await refresh(refresh_token);
  const stored = JSON.stringify(await world().db.select().from(refreshTokens));
  for (const token of [refresh_token, next]) expect(stored).not.toContain(token);
});

test.each(['', 'x', 'a'.repeat(43), 'ä\u0000'])('a token that nobody gave out is refused: %j', async (token) => {
  const outcome = await outcomeOf(refresh(token));
  expect(outcome).toBe(token === '' ? 'VALIDATION_FAILED' : 'INVALID_REFRESH_TOKEN');
});

describe('the direct parent', () => {
  test('leads to the same successor within the grace, as often as it comes', async () => {
    const { refresh_token } = await loggedIn();
    const first = await refresh(refresh_token);
    const before = await generations();
    for (let i = 0; i < 3; i++) expect((await refresh(refresh_token)).refresh_token).toBe(first.refresh_token);
    expect(await generations()).toBe(before);
    await age(refresh_token, 8);
    expect((await refresh(refresh_token)).refresh_token).toBe(first.refresh_token);
  });

  test('after the grace ends the session, and that is recorded once', async () => {
    const { ann, access_token, refresh_token } = await loggedIn();
    const next = await refresh(refresh_token);
    await age(refresh_token, 11);
    const effects = await world().effectsOf(() => refresh(refresh_token));
    expect(effects).toMatchObject({
      outcome: 'INVALID_REFRESH_TOKEN',
      activity: [{ action: 'session.reuse_detected', entity_type: 'session', actor_id: ann.id }],
    });
    expect(await outcomeOf(refresh(next.refresh_token))).toBe('INVALID_REFRESH_TOKEN');
    expect([await me(access_token), await me(next.access_token)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    const again = await world().effectsOf(() => refresh(refresh_token));
    expect(again.activity).toEqual([]);
  });
});

test('the grandparent leads to the current generation within its own grace, and ends the session after it', async () => {
  const { access_token, refresh_token } = await loggedIn();
  const second = await refresh(refresh_token);
  const third = await refresh(second.refresh_token);
  expect((await refresh(refresh_token)).refresh_token).toBe(third.refresh_token);
  await age(refresh_token, 11);
  const effects = await world().effectsOf(() => refresh(refresh_token));
  expect(effects.activity).toMatchObject([{ action: 'session.reuse_detected' }]);
  expect(await outcomeOf(refresh(third.refresh_token))).toBe('INVALID_REFRESH_TOKEN');
  expect(await me(access_token)).toBe('UNAUTHENTICATED');
});

test('a reuse ends its own session and no other of the user', async () => {
  const { ann, refresh_token } = await loggedIn();
  const other = await world().anonymous.auth.login({ email: ann.email, password });
  await refresh(refresh_token);
  await age(refresh_token, 11);
  expect(await outcomeOf(refresh(refresh_token))).toBe('INVALID_REFRESH_TOKEN');
  expect(await outcomeOf(refresh(other.refresh_token))).toBe('OK');
});

test('an expired token, and a token of an expired session, are refused without more ado', async () => {
  const { db, deps, effectsOf } = world();
  const { refresh_token } = await loggedIn();
  const hash = deps.refreshTokens.hash(refresh_token);
  await db
    .update(refreshTokens)
    .set({ expires_at: new Date(0) })
    .where(eq(refreshTokens.hash, hash));
  const refused = { outcome: 'INVALID_REFRESH_TOKEN', activity: [], told: [] };
  expect(await effectsOf(() => refresh(refresh_token))).toEqual(refused);

  const other = await loggedIn();
  await db
    .update(sessions)
    .set({ expires_at: new Date(0) })
    .where(eq(sessions.user_id, other.ann.id));
  expect(await effectsOf(() => refresh(other.refresh_token))).toEqual(refused);
});

const daysTo = (end: typeof sessions.expires_at | typeof refreshTokens.expires_at) =>
  sql<number>`ceil(extract(epoch from ${end} - now()) / 86400)`.mapWith(Number);

/** In how many days, by the database's clock, the sessions of a user end. */
async function daysLeft(user_id: string) {
  const rows = await world()
    .db.select({ days: daysTo(sessions.expires_at) })
    .from(sessions)
    .where(eq(sessions.user_id, user_id));
  return rows.map(({ days }) => days).toSorted((one, other) => one - other);
}

/** What the clock would do: makes the sessions of a user this much older, and all but over. */
async function ageSessions(user_id: string, days: number) {
  const created_at = sql`now() - make_interval(days => ${days})`;
  const expires_at = sql`now() + interval '1 minute'`;
  await world().db.update(sessions).set({ created_at, expires_at }).where(eq(sessions.user_id, user_id));
}

test('a login that is not used ends after the idle time, and so does each of its tokens', async () => {
  const { ann, refresh_token } = await loggedIn();
  expect(await daysLeft(ann.id), 'of the one that ann was made with, and the login').toEqual([1, 7]);
  await refresh(refresh_token);
  const tokens = await world()
    .db.select({ days: daysTo(refreshTokens.expires_at) })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.session_id))
    .where(eq(sessions.user_id, ann.id));
  expect(tokens).toEqual([{ days: 7 }, { days: 7 }]);
});

test('a session lives as long as it is used, up to its end', async () => {
  const { ann, refresh_token } = await loggedIn();
  await ageSessions(ann.id, 80);
  const next = await refresh(refresh_token);
  expect(await daysLeft(ann.id), 'of the one that was not used, and the one that was').toEqual([1, 7]);
  await ageSessions(ann.id, 88);
  await refresh(next.refresh_token);
  expect(await daysLeft(ann.id), '90 days after it was started').toEqual([1, 2]);
});

test('the key is replaced, and a refresh is repeated across that: the same successor; later reuse is still found', async () => {
  const { deps } = world();
  const { refresh_token } = await loggedIn();
  const first = await refresh(refresh_token);
  const next = { secretKey: 'the next key of the tests, as long as it has to be' };
  const replaced = createServices({
    ...deps,
    refreshTokens: createRefreshTokens({ ...next, previousSecretKey: secretKey }),
  });
  const forgotten = createServices({ ...deps, refreshTokens: createRefreshTokens(next) });
  const origin = { request_id: 'test', ip_address: null, user_agent: null };
  const pair = await replaced.auth.refresh(origin, { refresh_token });
  expect(pair.refresh_token).toBe(first.refresh_token);
  expect(await outcomeOf(forgotten.auth.refresh(origin, { refresh_token }))).toBe('INVALID_REFRESH_TOKEN');
  expect(await outcomeOf(replaced.auth.refresh(origin, { refresh_token: first.refresh_token }))).toBe('OK');
  await age(refresh_token, 11);
  const effects = await world().effectsOf(() => replaced.auth.refresh(origin, { refresh_token }));
  expect(effects.activity).toMatchObject([{ action: 'session.reuse_detected' }]);
});

test('after a reuse the child is refused, though its own window is open', async () => {
  const { refresh_token } = await loggedIn();
  const child = await refresh(refresh_token);
  await refresh(child.refresh_token);
  await age(refresh_token, 11);
  expect(await outcomeOf(refresh(refresh_token))).toBe('INVALID_REFRESH_TOKEN');
  expect(await outcomeOf(refresh(child.refresh_token))).toBe('INVALID_REFRESH_TOKEN');
});

describe('logout', () => {
  test('ends the session at once, is recorded once, and a second one is no error', async () => {
    const { ann, access_token, refresh_token } = await loggedIn();
    const effects = await world().effectsOf(() => logout(refresh_token));
    expect(effects).toMatchObject({
      outcome: 'OK',
      activity: [{ action: 'session.ended', actor_id: ann.id, details: { reason: 'logout', user_id: ann.id } }],
    });
    expect(await outcomeOf(refresh(refresh_token))).toBe('INVALID_REFRESH_TOKEN');
    expect(await me(access_token)).toBe('UNAUTHENTICATED');
    expect(await world().effectsOf(() => logout(refresh_token))).toEqual({ outcome: 'OK', activity: [], told: [] });
  });

  test('by a spent token of the family ends it too', async () => {
    const { refresh_token } = await loggedIn();
    const next = await refresh(refresh_token);
    await logout(refresh_token);
    expect(await outcomeOf(refresh(next.refresh_token))).toBe('INVALID_REFRESH_TOKEN');
  });

  test('leaves the other sessions alone', async () => {
    const { ann, refresh_token } = await loggedIn();
    const other = await world().anonymous.auth.login({ email: ann.email, password });
    await logout(refresh_token);
    expect(await me(other.access_token)).toBe('OK');
  });

  test('with a token that nobody gave out is no error', async () => {
    expect(await world().effectsOf(() => logout('unknown'))).toEqual({ outcome: 'OK', activity: [], told: [] });
  });
});
