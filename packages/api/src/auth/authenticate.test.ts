import { sessions, users } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import type { Authentication } from './authenticate.ts';
import { authenticate, authenticateTogether } from './authenticate.ts';

const world = useTestWorld();

/** A good token, and one of each that is not, all of them well signed. */
async function createTokens() {
  const { person, db, deps } = world();
  const [good, ended, late, inactive] = [await person(), await person(), await person(), await person()];
  await db
    .update(sessions)
    .set({ revoked_at: sql`now()` })
    .where(eq(sessions.id, ended.session_id));
  await db
    .update(sessions)
    .set({ expires_at: sql`now()` })
    .where(eq(sessions.id, late.session_id));
  await db.update(users).set({ is_active: false }).where(eq(users.id, inactive.id));
  const sign = ({ id: user_id, session_id }: { id: string; session_id: string }) =>
    deps.accessTokens.sign({ user_id, session_id });
  return {
    good: await sign(good),
    refused: {
      'of an ended session': await sign(ended),
      'of a session that ran out': await sign(late),
      'of an inactive user': await sign(inactive),
      'of the session of somebody else': await sign({ ...good, id: ended.id }),
      'that is none': 'a.b.c',
    },
  };
}

type Read = (token: string) => Promise<Authentication>;

describe.each<[string, () => Read]>([
  ['one by one', () => (token) => authenticate(world().deps, token)],
  ['together', () => authenticateTogether(world().deps)],
])('tokens that are read %s', (_, createRead) => {
  test('the good one is taken, each of the others is refused', async () => {
    const read = createRead();
    const { good, refused } = await createTokens();
    const all = Object.entries(refused).map(async ([what, token]) => [what, await outcomeOf(read(token))] as const);
    const [{ actor }, ...outcomes] = await Promise.all([read(good), ...all]);
    expect(actor.role).toBe('user');
    expect(outcomes).toEqual(Object.keys(refused).map((what) => [what, 'UNAUTHENTICATED']));
  });
});
