import { users } from '@taskmaster/core/tables';
import { and, eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { cheapPasswords } from '../testing/test-deps.ts';
import { createAdmin } from './command-line/create-admin.ts';
import { eraseUser } from './command-line/erase-user.ts';

const world = useTestWorld();
const nothing = { activity: [], told: [] };

// The last-admin rule is about everybody there is.
afterEach(async () => {
  await world().db.update(users).set({ role: 'user' });
});

describe('changing a user', () => {
  test('the role holds from the next request on, and is recorded', async () => {
    const { admin, person, effectsOf } = world();
    const [root, ann] = [await admin(), await person()];
    expect(await outcomeOf(ann.api.admin.stats())).toBe('ADMIN_ONLY');
    const effects = await effectsOf(() => root.api.users.update({ user_id: ann.id, role: 'admin' }));
    const row = { actor_id: root.id, entity_type: 'user', entity_id: ann.id, task_id: null, team_id: null };
    const details = { role: { before: 'user', after: 'admin' } };
    expect(effects).toEqual({ outcome: 'OK', activity: [{ ...row, action: 'user.role_changed', details }], told: [] });
    expect(await outcomeOf(ann.api.admin.stats())).toBe('OK');
    await ann.api.users.update({ user_id: root.id, role: 'user' });
    expect(await outcomeOf(root.api.admin.stats())).toBe('ADMIN_ONLY');
  });

  test('to what is so already leaves no trace', async () => {
    const { admin, person, effectsOf } = world();
    const [root, ann] = [await admin(), await person()];
    const before = await root.api.users.get({ user_id: ann.id });
    for (const patch of [{}, { role: 'user' }, { is_active: true }] as const) {
      expect(await effectsOf(() => root.api.users.update({ user_id: ann.id, ...patch }))).toEqual({
        outcome: 'OK',
        ...nothing,
      });
    }
    expect(await root.api.users.get({ user_id: ann.id })).toEqual(before);
  });

  test('deactivation ends all sessions and logins, and is undone by reactivation', async () => {
    const { admin, person, elsewhere, effectsOf, anonymous } = world();
    const [root, ann] = [await admin(), await person()];
    const phone = await elsewhere(ann);
    const { refresh_token } = await anonymous.auth.login({ email: ann.email, password });
    const effects = await effectsOf(() => root.api.users.deactivate({ user_id: ann.id }));
    expect(effects.activity.map(({ action, actor_id }) => ({ action, actor_id }))).toEqual(
      ['user.deactivated', 'session.ended', 'session.ended', 'session.ended'].map((action) => ({
        action,
        actor_id: root.id,
      })),
    );
    expect(effects.activity[0]?.details).toEqual({ is_active: { before: true, after: false } });
    expect(effects.activity[1]?.details).toEqual({ reason: 'deactivated', user_id: ann.id });
    expect(await outcomesOf([ann.api.users.me(), phone.users.me()])).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await outcomeOf(anonymous.auth.refresh({ refresh_token }))).toBe('INVALID_REFRESH_TOKEN');
    expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password }))).toBe('INVALID_CREDENTIALS');
    expect(await effectsOf(() => root.api.users.deactivate({ user_id: ann.id }))).toEqual({
      outcome: 'OK',
      ...nothing,
    });

    const back = await effectsOf(() => root.api.users.update({ user_id: ann.id, is_active: true }));
    expect(back.activity.map(({ action, details }) => [action, details])).toEqual([
      ['user.reactivated', { is_active: { before: false, after: true } }],
    ]);
    expect(await outcomeOf(ann.api.users.me()), 'an ended session stays ended').toBe('UNAUTHENTICATED');
    expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password }))).toBe('OK');
  });

  test('role and activity at once leave a row each', async () => {
    const { admin, person, effectsOf } = world();
    const [root, ann] = [await admin(), await person({ role: 'admin' })];
    const effects = await effectsOf(() => root.api.users.update({ user_id: ann.id, role: 'user', is_active: false }));
    expect(effects.activity.map(({ action }) => action)).toEqual([
      'user.role_changed',
      'user.deactivated',
      'session.ended',
    ]);
  });
});

describe('who was erased', () => {
  test('is not brought back, nor given a role', async () => {
    const { db, admin, person, effectsOf } = world();
    const [root, ann] = [await admin(), await person()];
    await eraseUser(db, ann.id);
    const before = await root.api.users.get({ user_id: ann.id });
    const { update, deactivate } = root.api.users;
    const refused = { outcome: 'USER_ERASED', ...nothing };
    for (const patch of [{ is_active: true }, { role: 'admin' }, { is_active: true, role: 'admin' }] as const) {
      expect(await effectsOf(() => update({ user_id: ann.id, ...patch }))).toEqual(refused);
    }
    expect(await effectsOf(() => deactivate({ user_id: ann.id }))).toEqual({ outcome: 'OK', ...nothing });
    expect(await root.api.users.get({ user_id: ann.id })).toEqual(before);
  });

  test.each(Array.from({ length: 6 }, (_, round) => round))(
    'not by who reactivates meanwhile either (%i)',
    async () => {
      const { db, admin, person } = world();
      const [root, ann] = [await admin(), await person({ is_active: false })];
      await outcomesOf([eraseUser(db, ann.id), root.api.users.update({ user_id: ann.id, is_active: true })]);
      expect(await root.api.users.get({ user_id: ann.id })).toMatchObject({ is_active: false, full_name: null });
    },
  );
});

describe('the last active admin', () => {
  test('is neither demoted nor deactivated, by themselves neither', async () => {
    const { admin, person, effectsOf } = world();
    const root = await admin();
    await person({ role: 'admin', is_active: false });
    const refused = { outcome: 'LAST_ADMIN', ...nothing };
    const { update, deactivate } = root.api.users;
    expect(await effectsOf(() => update({ user_id: root.id, role: 'user' }))).toEqual(refused);
    expect(await effectsOf(() => update({ user_id: root.id, is_active: false }))).toEqual(refused);
    expect(await effectsOf(() => update({ user_id: root.id, role: 'user', is_active: false }))).toEqual(refused);
    expect(await effectsOf(() => deactivate({ user_id: root.id }))).toEqual(refused);
    expect(await root.api.users.me()).toMatchObject({ role: 'admin', is_active: true });
  });

  test('is so only while there is no other', async () => {
    const { admin } = world();
    const [one, other] = [await admin(), await admin()];
    expect(await outcomeOf(one.api.users.update({ user_id: one.id, role: 'user' }))).toBe('OK');
    expect(await outcomeOf(other.api.users.deactivate({ user_id: other.id }))).toBe('LAST_ADMIN');
  });

  test.each(Array.from({ length: 10 }, (_, round) => round))('two strike each other: one stays (%i)', async (round) => {
    const { admin, db } = world();
    const [one, other] = [await admin(), await admin()];
    const strike = round % 2 ? { role: 'user' as const } : { is_active: false };
    const outcomes = await outcomesOf([
      one.api.users.update({ user_id: other.id, ...strike }),
      other.api.users.update({ user_id: one.id, ...strike }),
      one.api.users.deactivate({ user_id: other.id }),
      other.api.users.update({ user_id: one.id, role: 'user' }),
    ]);
    const left = await db.$count(users, and(eq(users.role, 'admin'), eq(users.is_active, true)));
    expect(left).toBe(1);
    expect(outcomes).toContain('OK');
  });
});

test('the list has everybody, the newest first, in pages', async () => {
  const { admin, person } = world();
  const root = await admin();
  const newest = [await person(), await person(), await person()].map(({ id }) => id).toReversed();
  const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);
  const first = await root.api.users.list({ size: 3 });
  expect(idsOf(first)).toEqual(newest);
  expect(idsOf(await root.api.users.list({ size: 1, page: 2 }))).toEqual(newest.slice(1, 2));
  expect(first.total).toBe(await world().db.$count(users));
  expect(await root.api.admin.users({ size: 3 })).toEqual(first);
  expect(JSON.stringify(first)).not.toContain('password');
});

test('nobody is an admin by asking; the command line makes one, recorded as that', async () => {
  const { db, effectsOf, anonymous } = world();
  const input = { username: 'root', email: 'root@example.com', password };
  // @ts-expect-error -- a key that is not in the contract
  expect(await outcomeOf(anonymous.auth.register({ ...input, role: 'admin' }))).toBe('VALIDATION_FAILED');
  const effects = await effectsOf(() => createAdmin({ db, passwords: cheapPasswords }, input));
  expect(effects.activity).toMatchObject([
    { action: 'user.registered', actor_id: null, details: { role: 'admin', by: 'command line' } },
  ]);
  const { access_token } = await anonymous.auth.login({ email: 'root', password });
  expect(await outcomeOf(world().bearer(access_token).admin.stats())).toBe('OK');
  expect(await outcomeOf(createAdmin({ db, passwords: cheapPasswords }, input))).toBe('EMAIL_TAKEN');
});
