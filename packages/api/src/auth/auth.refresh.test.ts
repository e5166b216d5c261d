import { refreshTokens, sessions } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
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

test('a session lives as long as it is used', async () => {
  const { db } = world();
  const { ann, refresh_token } = await loggedIn();
  const soon = sql`now() + interval '1 minute'`;
  await db.update(sessions).set({ expires_at: soon }).where(eq(sessions.user_id, ann.id));
  await refresh(refresh_token);
  const rows = await db
    .select({ days: sql<number>`extract(day from expires_at - now())`.mapWith(Number) })
    .from(sessions)
    .where(eq(sessions.user_id, ann.id));
  expect(new Set(rows.map(({ days }) => days))).toEqual(new Set([0, 6]));
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
