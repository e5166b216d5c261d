import { sessions } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const firstPage = { page: 1, size: 20 };

async function loggedInTwice() {
  const { person, anonymous, bearer } = world();
  const ann = await person();
  const pairs = [
    await anonymous.auth.login({ email: ann.email, password }),
    await anonymous.auth.login({ email: ann.email, password }),
  ] as const;
  return { ann, pairs, api: bearer(pairs[0].access_token) };
}

test('my live sessions are listed, the last used first, and the one that asks is marked', async () => {
  const { ann, pairs, api } = await loggedInTwice();
  await world().anonymous.auth.refresh({ refresh_token: pairs[0].refresh_token });
  const { items, total } = await api.sessions.list(firstPage);
  expect(total).toBe(3);
  expect(items.map(({ is_current }) => is_current)).toEqual([true, false, false]);
  expect(items[0]).toMatchObject({ ip_address: '192.0.2.1', user_agent: 'vitest' });
  expect(items.at(-1)?.id).toBe(ann.session_id);
});

test('neither those of others nor those that ended or ran out are listed', async () => {
  const { ann, pairs, api } = await loggedInTwice();
  await loggedInTwice();
  await world().anonymous.auth.logout({ refresh_token: pairs[1].refresh_token });
  await world()
    .db.update(sessions)
    .set({ expires_at: sql`now()` })
    .where(eq(sessions.id, ann.session_id));
  const { items } = await api.sessions.list(firstPage);
  expect(items.map(({ is_current }) => is_current)).toEqual([true]);
});

test('to end one ends it for good, and is recorded once', async () => {
  const { ann, pairs, api } = await loggedInTwice();
  const { items } = await api.sessions.list(firstPage);
  const other = items.find(({ id, is_current }) => !is_current && id !== ann.session_id);
  const end = () => api.sessions.end({ session_id: other?.id ?? '' });
  expect(await world().effectsOf(end)).toMatchObject({
    outcome: 'OK',
    activity: [
      {
        action: 'session.ended',
        actor_id: ann.id,
        entity_id: other?.id,
        details: { reason: 'revoked', user_id: ann.id },
      },
    ],
  });
  expect(await outcomeOf(world().bearer(pairs[1].access_token).users.me())).toBe('UNAUTHENTICATED');
  expect(await outcomeOf(world().anonymous.auth.refresh({ refresh_token: pairs[1].refresh_token }))).toBe(
    'INVALID_REFRESH_TOKEN',
  );
  expect(await world().effectsOf(end)).toEqual({ outcome: 'SESSION_NOT_FOUND', activity: [], told: [] });
  expect(await outcomeOf(api.users.me())).toBe('OK');
});

test('of 10 who end one session at once, one does', async () => {
  const { ann, api } = await loggedInTwice();
  // Or those whose connection is opened first are done before the others begin.
  await Promise.all(Array.from({ length: 10 }, () => api.users.me()));
  const outcomes = await outcomesOf(Array.from({ length: 10 }, () => api.sessions.end({ session_id: ann.session_id })));
  expect(outcomes).toEqual(['OK', ...Array.from({ length: 9 }, () => 'SESSION_NOT_FOUND')]);
});

test('logout-all leaves a session that had ended before as it was', async () => {
  const { pairs, api } = await loggedInTwice();
  await world().anonymous.auth.logout({ refresh_token: pairs[1].refresh_token });
  const ended = async () => world().db.select().from(sessions).where(eq(sessions.revoke_reason, 'logout'));
  const before = await ended();
  const { activity } = await world().effectsOf(() => api.sessions.endAll());
  expect(activity).toHaveLength(2);
  expect(await ended()).toEqual(before);
});

test('logout-all ends every session, that of the request too, each with its row', async () => {
  const { ann, pairs, api } = await loggedInTwice();
  const { activity } = await world().effectsOf(() => api.sessions.endAll());
  expect(activity.map(({ action, details }) => ({ action, details }))).toEqual(
    Array.from({ length: 3 }, () => ({ action: 'session.ended', details: { reason: 'logout_all', user_id: ann.id } })),
  );
  for (const { access_token, refresh_token } of pairs) {
    expect(await outcomeOf(world().bearer(access_token).users.me())).toBe('UNAUTHENTICATED');
    expect(await outcomeOf(world().anonymous.auth.refresh({ refresh_token }))).toBe('INVALID_REFRESH_TOKEN');
  }
  expect(await outcomeOf(world().anonymous.auth.login({ email: ann.email, password }))).toBe('OK');
});
