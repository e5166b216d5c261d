import { refreshTokens, sessions } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { times } from '../testing/times.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const refresh = (refresh_token: string) => world().anonymous.auth.refresh({ refresh_token });

async function loggedIn() {
  const { person, anonymous } = world();
  const ann = await person();
  const pair = await anonymous.auth.login({ email: ann.email, password });
  return { ann, ...pair };
}

test('20 refreshes of one token at once all succeed, with one successor, and the family lives on', async () => {
  const { ann, refresh_token } = await loggedIn();
  const pairs = await Promise.all(times(20, () => refresh(refresh_token)));
  expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(1);
  const rows = await world()
    .db.select({ hash: refreshTokens.hash })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.session_id))
    .where(eq(sessions.user_id, ann.id));
  expect(rows).toHaveLength(2);
  expect(await outcomeOf(refresh(pairs[0]?.refresh_token ?? ''))).toBe('OK');
});

test.each(times(5, (round) => round))(
  'a logout among refreshes: afterwards nothing of the session is alive (%i)',
  async () => {
    const { bearer, anonymous } = world();
    const { access_token, refresh_token } = await loggedIn();
    const alive = [access_token];
    const spend = async () => {
      const pair = await refresh(refresh_token);
      alive.push(pair.access_token);
      return pair;
    };
    const outcomes = await outcomesOf([
      ...times(5, spend),
      anonymous.auth.logout({ refresh_token }),
      ...times(5, spend),
    ]);
    expect(outcomes.filter((outcome) => outcome !== 'OK' && outcome !== 'INVALID_REFRESH_TOKEN')).toEqual([]);
    for (const token of alive) expect(await outcomeOf(bearer(token).users.me())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(refresh(refresh_token))).toBe('INVALID_REFRESH_TOKEN');
  },
);

test.each(times(5, (round) => round))('a login beside a deactivation leaves no live session (%i)', async () => {
  const { person, admin, anonymous, bearer } = world();
  const [ann, root] = [await person(), await admin()];
  const tokens: string[] = [];
  const login = async () => {
    tokens.push((await anonymous.auth.login({ email: ann.email, password })).access_token);
  };
  await outcomesOf([login(), login(), root.api.users.deactivate({ user_id: ann.id }), login(), login()]);
  const live = await world().db.select().from(sessions).where(eq(sessions.user_id, ann.id));
  expect(live.filter(({ revoked_at }) => revoked_at === null)).toEqual([]);
  for (const token of tokens) expect(await outcomeOf(bearer(token).users.me())).toBe('UNAUTHENTICATED');
});

test.each(times(5, (round) => round))(
  'a login with the old password beside its change leaves no live session (%i)',
  async () => {
    const { person, anonymous, bearer } = world();
    const ann = await person();
    const tokens: string[] = [];
    const login = async () => {
      tokens.push((await anonymous.auth.login({ email: ann.email, password })).access_token);
    };
    const change = ann.api.users.changePassword({ current_password: password, new_password: 'another-horse-battery' });
    const outcomes = await outcomesOf([login(), login(), change, login(), login()]);
    expect(outcomes).toContain('OK');
    for (const token of tokens) expect(await outcomeOf(bearer(token).users.me())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(ann.api.users.me())).toBe('OK');
  },
);

test('two changes of one password at once: one succeeds, and its password holds', async () => {
  const { person, elsewhere, anonymous } = world();
  const ann = await person();
  const other = await elsewhere(ann);
  const outcomes = await outcomesOf([
    ann.api.users.changePassword({ current_password: password, new_password: 'first-horse-battery' }),
    other.users.changePassword({ current_password: password, new_password: 'second-horse-battery' }),
  ]);
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
  const logins = await outcomesOf(
    ['first-horse-battery', 'second-horse-battery'].map((given) =>
      anonymous.auth.login({ email: ann.email, password: given }),
    ),
  );
  expect(logins).toEqual(['INVALID_CREDENTIALS', 'OK']);
});
