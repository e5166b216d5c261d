import { idempotentAnswers, knownNetworks, rateLimits, refreshTokens, sessions } from '@taskmaster/core/tables';
import { eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { startExpiry } from './start-expiry.ts';

const world = useTestWorld();
const day = 86_400;
const inSeconds = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** Sweeps until this holds; then nothing of it is running. Returns what went wrong. */
async function sweepUntil(holds: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const { stop } = startExpiry(world().deps, { everyMs: 5, onError: (error) => errors.push(error) });
  await expect.poll(() => holds().then(() => 'swept')).toBe('swept');
  await stop();
  return errors;
}

test('answers, counters, networks and refresh tokens go when their time is over, and nothing else does', async () => {
  const { db, person } = world();
  const ann = await person();
  await db
    .insert(idempotentAnswers)
    .values([-1, 60].map((seconds) => ({ id: `${seconds}`, fingerprint: 'x', expires_at: inSeconds(seconds) })));
  await db
    .insert(rateLimits)
    .values([-1, 60].map((seconds) => ({ key: `${seconds}`, points: 1, expire: Date.now() + seconds * 1000 })));
  await db
    .insert(knownNetworks)
    .values([-91, -89].map((days) => ({ user_id: ann.id, network: `${days}`, last_used_at: inSeconds(days * day) })));
  await db.insert(refreshTokens).values(
    [-25, -23, 1].map((hours) => ({
      hash: `${hours}`,
      session_id: ann.session_id,
      expires_at: inSeconds(hours * 3600),
    })),
  );
  const errors = await sweepUntil(async () => {
    expect(await db.select({ id: idempotentAnswers.id }).from(idempotentAnswers)).toEqual([{ id: '60' }]);
    expect(await db.select({ key: rateLimits.key }).from(rateLimits)).toEqual([{ key: '60' }]);
    const networks = await db.select({ network: knownNetworks.network }).from(knownNetworks);
    expect(networks).toEqual([{ network: '-89' }]);
    const tokens = await db.select({ hash: refreshTokens.hash }).from(refreshTokens);
    expect(new Set(tokens.map(({ hash }) => hash))).toEqual(new Set(['-23', '1']));
  });
  expect(errors).toEqual([]);
});

test('a session goes a month after its end, with its tokens; one that lives stays, and is usable', async () => {
  const { db, person, anonymous } = world();
  const ann = await person();
  const { refresh_token } = await anonymous.auth.login({ email: ann.email, password });
  const ends = {
    'ran out long ago': { expires_at: inSeconds(-31 * day) },
    'ended long ago': { expires_at: inSeconds(day), revoked_at: inSeconds(-31 * day) },
    'ran out': { expires_at: inSeconds(-29 * day) },
    ended: { expires_at: inSeconds(day), revoked_at: inSeconds(-29 * day) },
  };
  const rows = Object.entries(ends).map(([user_agent, end]) => ({
    id: uuidv7(),
    user_id: ann.id,
    user_agent,
    ...end,
  }));
  await db.insert(sessions).values(rows);
  await db
    .insert(refreshTokens)
    .values(rows.map(({ id, user_agent }) => ({ hash: user_agent, session_id: id, expires_at: inSeconds(day) })));
  const ids = rows.map(({ id }) => id);
  const errors = await sweepUntil(async () => {
    const left = await db.select({ name: sessions.user_agent }).from(sessions).where(inArray(sessions.id, ids));
    expect(new Set(left.map(({ name }) => name))).toEqual(new Set(['ended', 'ran out']));
  });
  expect(errors).toEqual([]);
  const tokens = await db
    .select({ hash: refreshTokens.hash })
    .from(refreshTokens)
    .where(inArray(refreshTokens.session_id, ids));
  expect(new Set(tokens.map(({ hash }) => hash))).toEqual(new Set(['ended', 'ran out']));
  expect(await outcomeOf(anonymous.auth.refresh({ refresh_token }))).toBe('OK');
});

test('what goes may be more than a batch; what somebody else holds is left for the next sweep', async () => {
  const { db } = world();
  const row = (id: number) => ({ id: `old ${id}`, fingerprint: 'x', expires_at: inSeconds(-1) });
  await db.insert(idempotentAnswers).values(Array.from({ length: 2_001 }, (_, id) => row(id)));
  const left = () => db.$count(idempotentAnswers, sql`id like 'old %'`);
  await db.transaction(async (tx) => {
    await tx.select().from(idempotentAnswers).where(eq(idempotentAnswers.id, 'old 7')).for('update');
    expect(await sweepUntil(async () => expect(await left()).toBe(1))).toEqual([]);
  });
  expect(await sweepUntil(async () => expect(await left()).toBe(0))).toEqual([]);
});

test('what cannot be removed is told of, the rest is removed, and the next sweep comes', async () => {
  const { db, deps, owner } = world();
  await db.insert(rateLimits).values({ key: 'late', points: 1, expire: 1 });
  await owner`alter table idempotent_answers rename to elsewhere`;
  const errors: unknown[] = [];
  const { stop } = startExpiry(deps, { everyMs: 5, onError: (error) => errors.push(error) });
  await expect.poll(() => errors.length).toBeGreaterThan(1);
  await stop();
  await owner`alter table elsewhere rename to idempotent_answers`;
  expect(await db.$count(rateLimits, eq(rateLimits.key, 'late'))).toBe(0);
});
