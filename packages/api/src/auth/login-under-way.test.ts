import { sessions } from '@taskmaster/core/tables';
import { and, eq, isNull } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { cheapPasswords } from '../testing/test-deps.ts';
import type { Person } from '../testing/people.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { untilWaiting } from '../testing/waiting.ts';
import { lockForLogin } from '../users/users.repository.ts';
import { insertSession } from './auth.repository.ts';

/** Once, at the next login: after the password was found right, before anything follows from it. */
let meanwhile: (() => Promise<unknown>) | undefined;

async function verify(hash: string | undefined, given: string) {
  const isRight = await cheapPasswords.verify(hash, given);
  const change = meanwhile;
  meanwhile = undefined;
  await change?.();
  return isRight;
}

const world = useTestWorld({ deps: { passwords: { ...cheapPasswords, verify } } });
const passwords = { current_password: password, new_password: 'another-horse-battery' };

type End = (ann: Person, admin: Person) => Promise<unknown>;
const refusing: readonly [what: string, survivors: number, end: End, reason: string][] = [
  ['a new password', 1, ({ api }) => api.users.changePassword(passwords), 'wrong password'],
  ['a deactivation', 0, ({ id }, { api }) => api.users.deactivate({ user_id: id }), 'inactive'],
];
// After a logout-all whoever knows the password may log in.
const endings: readonly [what: string, survivors: number, end: End][] = [
  ['logout-all', 0, ({ api }) => api.sessions.endAll()],
  ...refusing.map(([what, survivors, end]): [string, number, End] => [what, survivors, end]),
];

test.each(endings)('%s waits for a login that is under way, and ends its session too', async (_, survivors, end) => {
  const { person, admin, db, owner } = world();
  const [ann, root] = [await person(), await admin()];
  const session = { id: uuidv7(), user_id: ann.id, ip_address: null, user_agent: null };
  let ending: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    // As a login does it; its commit comes late.
    await lockForLogin(tx, ann.id);
    await insertSession(tx, session, 600);
    ending = end(ann, root);
    await untilWaiting(owner);
  });
  await ending;
  const live = and(eq(sessions.user_id, ann.id), isNull(sessions.revoked_at));
  expect(await db.$count(sessions, live)).toBe(survivors);
  expect(await db.$count(sessions, and(live, eq(sessions.id, session.id)))).toBe(0);
});

test.each(refusing)('%s while argon2 is at work refuses the login, and is why', async (_, survivors, end, reason) => {
  const { person, admin, db, anonymous, effectsOf } = world();
  const [ann, root] = [await person(), await admin()];
  meanwhile = () => end(ann, root);
  const { outcome, activity } = await effectsOf(() => anonymous.auth.login({ email: ann.email, password }));
  expect(outcome).toBe('INVALID_CREDENTIALS');
  expect(activity.at(-1)).toMatchObject({ action: 'session.refused', entity_id: ann.id, details: { reason } });
  expect(await db.$count(sessions, and(eq(sessions.user_id, ann.id), isNull(sessions.revoked_at)))).toBe(survivors);
});
