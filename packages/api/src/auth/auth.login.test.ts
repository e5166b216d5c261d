import { AppError } from '@taskmaster/core/errors';
import { sessions, users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { cheapPasswords, unlimited } from '../testing/test-deps.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { attempt, outcomeOf } from '../testing/refusal.ts';
import { createTestWorld } from '../testing/test-world.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const login = (email: string, given = password) => world().anonymous.auth.login({ email, password: given });

test.each(['email', 'username'] as const)('by %s, in any case, to tokens that say who it is', async (field) => {
  const { person, bearer } = world();
  const ann = await person();
  const pair = await login(ann[field].toUpperCase());
  expect(pair).toMatchObject({ token_type: 'bearer', expires_in: 900 });
  expect(await bearer(pair.access_token).users.me()).toMatchObject({ id: ann.id });
});

test('starts a session of its own, recorded as its user, without the tokens', async () => {
  const { person, effectsOf } = world();
  const ann = await person();
  const tokens: string[] = [];
  const effects = await effectsOf(async () => {
    const { access_token, refresh_token } = await login(ann.email);
    tokens.push(access_token, refresh_token);
  });
  expect(effects.activity).toMatchObject([{ action: 'session.started', entity_type: 'session', actor_id: ann.id }]);
  expect(effects.activity[0]?.entity_id).not.toBe(ann.session_id);
  for (const token of tokens) expect(JSON.stringify(effects)).not.toContain(token);
});

test('a refused login leaves a row for admins: whom it was about, and nothing of what was typed', async () => {
  const { person, admin, effectsOf } = world();
  const [ann, gone] = [await person(), await person()];
  const boss = await admin();
  await boss.api.users.deactivate({ user_id: gone.id });
  const typed = 'typed-into-the-wrong-field';
  const refused = [
    { name: ann.email, given: typed, entity_id: ann.id, reason: 'wrong password' },
    { name: gone.email, given: password, entity_id: gone.id, reason: 'inactive' },
    { name: typed, given: typed, entity_id: '00000000-0000-0000-0000-000000000000', reason: 'unknown name' },
  ];
  for (const { name, given, entity_id, reason } of refused) {
    const { activity } = await effectsOf(() => login(name, given));
    const row = { action: 'session.refused', actor_id: null, entity_type: 'user', entity_id, details: { reason } };
    expect(activity).toMatchObject([row]);
    expect(JSON.stringify(activity)).not.toContain(typed);
    expect((await boss.api.activity.all({ size: 1 })).items).toMatchObject([row]);
    expect((await ann.api.activity.mine({})).items).not.toContainEqual(expect.objectContaining({ action: row.action }));
  }
});

test('a wrong name, a wrong password and an inactive user look alike, and are hashed alike', async () => {
  const verified: (string | undefined)[] = [];
  const counting = {
    ...cheapPasswords,
    verify: async (hash: string | undefined, given: string) => {
      verified.push(hash);
      return cheapPasswords.verify(hash, given);
    },
  };
  await using own = await createTestWorld({ deps: { passwords: counting } });
  const ann = await own.person();
  const gone = await own.person({ is_active: false });
  const attempts = [
    { email: 'nobody@example.com', password },
    { email: ann.email, password: 'wrong-horse-battery' },
    { email: gone.email, password },
    { email: gone.email, password: 'wrong-horse-battery' },
    { email: '', password: '' },
  ];
  for (const input of attempts) {
    const { activity, told } = await own.effectsOf(() => own.anonymous.auth.login(input));
    expect(told).toEqual([]);
    expect(activity.filter(({ action }) => action === 'session.started')).toEqual([]);
    expect(await attempt(own.anonymous.auth.login(input))).toEqual({
      outcome: 'INVALID_CREDENTIALS',
      errors: undefined,
    });
  }
  expect(verified).toHaveLength(2 * attempts.length);
});

test('a password is compared in NFC: however its letters were composed', async () => {
  const { anonymous } = world();
  const composed = 'Zürich-Café';
  const decomposed = composed.normalize('NFD');
  expect(decomposed).not.toBe(composed);
  await anonymous.auth.register({ username: 'composer', email: 'composer@example.com', password: decomposed });
  expect(await outcomeOf(login('composer', composed))).toBe('OK');
  expect(await outcomeOf(login('composer', decomposed))).toBe('OK');
});

test('the limit is asked before the name and the password', async () => {
  const asked: string[] = [];
  const login = { ...unlimited.login, consume: async (network: string) => void asked.push(network) };
  await using own = await createTestWorld({ deps: { limits: { ...unlimited, login } } });
  expect(await outcomeOf(own.anonymous.auth.login({ email: 'nobody', password }))).toBe('INVALID_CREDENTIALS');
  expect(asked).toEqual(['192.0.2.1']);
});

test.each(['login', 'account'] as const)('whom the limit %s refuses costs no argon2, right or wrong', async (name) => {
  const refusing = { ...unlimited[name], consume: () => Promise.reject(new AppError('RATE_LIMITED')) };
  const verify = vi.fn(cheapPasswords.verify);
  const limits = { ...unlimited, [name]: refusing };
  await using own = await createTestWorld({ deps: { limits, passwords: { ...cheapPasswords, verify } } });
  const ann = await own.person();
  for (const given of [password, 'wrong-horse-battery']) {
    expect(await outcomeOf(own.anonymous.auth.login({ email: ann.email, password: given }))).toBe('RATE_LIMITED');
  }
  expect(verify).not.toHaveBeenCalled();
});

test('an old hash is replaced at the next login, and the user is not changed by it', async () => {
  const renewing = {
    ...cheapPasswords,
    hash: async () => 'cheap:new',
    needsRehash: (hash: string) => hash !== 'cheap:new',
  };
  await using own = await createTestWorld({ deps: { passwords: renewing } });
  const ann = await own.person();
  await own.db.update(users).set({ password_hash: await cheapPasswords.hash(password) });
  const before = await ann.api.users.me();
  const effects = await own.effectsOf(() => own.anonymous.auth.login({ email: ann.email, password }));
  expect(effects.activity).toMatchObject([{ action: 'session.started' }]);
  const [row] = await own.db.select().from(users).where(eq(users.id, ann.id));
  expect(row?.password_hash).toBe('cheap:new');
  expect(await ann.api.users.me()).toEqual(before);
});

test('a session that ran out is none', async () => {
  const { person, db } = world();
  const ann = await person();
  expect(await outcomeOf(ann.api.users.me())).toBe('OK');
  await db
    .update(sessions)
    .set({ expires_at: new Date(0) })
    .where(eq(sessions.id, ann.session_id));
  expect(await outcomeOf(ann.api.users.me())).toBe('UNAUTHENTICATED');
});

test('a name that cannot be stored is bad input, and no fault of ours', async () => {
  expect(await outcomeOf(world().anonymous.auth.login({ email: 'a\u0000', password: 'whatever' }))).toBe(
    'VALIDATION_FAILED',
  );
});
