import { afterEach, expect, test } from 'vitest';
import { teams, users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { everybodysPassword as password } from '../../testing/people.ts';
import { outcomeOf, outcomesOf } from '../../testing/refusal.ts';
import { cheapPasswords } from '../../testing/test-deps.ts';
import { transaction } from '@taskmaster/database';
import { verifyLog } from '@taskmaster/database/audit';
import { untilWaiting } from '../../testing/waiting.ts';
import { useTestWorld } from '../../testing/use-test-world.ts';
import { lockById } from '../users.repository.ts';
import { deactivateUser } from './deactivate-user.ts';
import { eraseUser } from './erase-user.ts';
import { listUsers } from './list-users.ts';
import { resetPassword } from './reset-password.ts';
import { setRole } from './set-role.ts';

const world = useTestWorld();

// The last-admin rule is about everybody there is.
afterEach(async () => {
  await world().db.update(users).set({ role: 'user' });
});

test('a user is named by id, address or username, and is not there under another', async () => {
  const { db, person } = world();
  const ann = await person();
  for (const name of [ann.id, ann.email.toUpperCase(), ann.username.toUpperCase()]) {
    expect(await setRole(db, name, 'user')).toMatchObject({ id: ann.id });
  }
  for (const name of ['nobody', '', '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11', '%']) {
    expect(await outcomeOf(setRole(db, name, 'admin'))).toBe('USER_NOT_FOUND');
    expect(await outcomeOf(deactivateUser(db, name))).toBe('USER_NOT_FOUND');
    expect(await outcomeOf(resetPassword({ db, passwords: cheapPasswords }, name, password))).toBe('USER_NOT_FOUND');
  }
});

test('what it changes is recorded as its own, and holds for a running server at once', async () => {
  const { db, person, effectsOf } = world();
  const [ann, root] = [await person(), await person()];
  const promoted = await effectsOf(() => setRole(db, root.username, 'admin'));
  expect(promoted.activity).toMatchObject([
    {
      action: 'user.role_changed',
      actor_id: null,
      details: { by: 'command line', role: { before: 'user', after: 'admin' } },
    },
  ]);
  expect(await outcomeOf(root.api.admin.stats())).toBe('OK');
  const deactivated = await effectsOf(() => deactivateUser(db, ann.email));
  expect(deactivated.activity.map(({ action }) => action)).toEqual(['user.deactivated', 'session.ended']);
  expect(await outcomeOf(ann.api.users.me())).toBe('UNAUTHENTICATED');
});

test('who is erased is nobody: no name anywhere, the log included, and the chain holds', async () => {
  const { db, owner, person, admin, anonymous, effectsOf } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  await ann.api.users.updateMe({ full_name: 'Ann Example', username: `${ann.username}x` });
  await bob.api.users.updateMe({ full_name: 'Bob Example' });
  await anonymous.auth.login({ email: ann.email, password });
  const erased = await effectsOf(() => eraseUser(db, ann.email));
  expect(erased.activity).toMatchObject([
    { action: 'user.deactivated', entity_id: ann.id },
    { action: 'session.ended' },
    { action: 'session.ended' },
    { action: 'user.updated', entity_id: ann.id, details: { erased: true } },
  ]);
  const [kept] = await owner<{ text: string }[]>`
    select concat((select string_agg(a::text, '') from activity_logs a),
                  (select string_agg(p::text, '') from activity_personal_details p),
                  (select string_agg(u::text, '') from users u),
                  (select string_agg(s::text, '') from sessions s where user_id = ${ann.id})) as text`;
  for (const trace of [ann.email, ann.username, 'Ann Example']) expect(kept?.text).not.toContain(trace);
  expect(kept?.text).toContain(ann.id);
  expect(await owner`select from known_networks where user_id = ${ann.id}`).toEqual([]);
  expect(await owner`select distinct ip_address, user_agent from sessions where user_id = ${ann.id}`).toEqual([
    { ip_address: null, user_agent: null },
  ]);
  const logged = await root.api.activity.all({ size: 100 });
  const updates = logged.items.filter(({ action }) => action === 'user.updated').map(({ details }) => details);
  expect(updates).toEqual([
    { by: 'command line', erased: true },
    { full_name: { before: null, after: 'Bob Example' } },
    { full_name: { changed: true }, username: { changed: true } },
  ]);
  expect((await verifyLog(owner)).faults).toEqual([]);
  const again = { email: ann.email, username: ann.username, password };
  expect(await anonymous.auth.register(again)).toMatchObject({ email: ann.email });
});

test('who was erased stays so: nothing of the account is changed any more, and nothing is recorded', async () => {
  const { db, person, effectsOf } = world();
  const ann = await person();
  expect(await eraseUser(db, ann.email)).toEqual({ id: ann.id, wasErased: false });
  const none = { activity: [], told: [] };
  const refused = { outcome: 'USER_ERASED', ...none };
  const reset = () => resetPassword({ db, passwords: cheapPasswords }, ann.id, 'another-horse-battery');
  expect(await effectsOf(() => setRole(db, ann.id, 'admin'))).toEqual(refused);
  expect(await effectsOf(() => setRole(db, ann.id, 'user'))).toEqual(refused);
  expect(await effectsOf(reset)).toEqual(refused);
  expect(await effectsOf(() => eraseUser(db, ann.id))).toEqual({ outcome: 'OK', ...none });
  expect(await eraseUser(db, ann.id)).toEqual({ id: ann.id, wasErased: true });
});

test('a change that is under way when its user is erased brings no name back', async () => {
  const { db, owner, person } = world();
  const ann = await person();
  const [isHeld, mayGoOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const holding = transaction(db, async (tx) => {
    await lockById(tx, ann.id);
    isHeld.resolve();
    await mayGoOn.promise;
  });
  await isHeld.promise;
  const erasing = eraseUser(db, ann.id);
  await untilWaiting(owner, 1);
  const changing = outcomeOf(ann.api.users.updateMe({ full_name: 'Ann Example' }));
  await untilWaiting(owner, 2);
  mayGoOn.resolve();
  await Promise.all([holding, erasing]);
  expect(await changing).toBe('UNAUTHENTICATED');
  expect(await db.$count(users, eq(users.full_name, 'Ann Example'))).toBe(0);
});

test('who owns teams is erased when they are gone, or shall stay without a name', async () => {
  const { db, person, effectsOf } = world();
  const [ann, bob] = [await person(), await person()];
  const first = await ann.api.teams.create({ name: 'First' });
  const second = await ann.api.teams.create({ name: 'Second' });
  const refused = { outcome: 'OWNER_MUST_STAY', activity: [], told: [] };
  expect(await effectsOf(() => eraseUser(db, ann.id))).toEqual(refused);
  await expect(eraseUser(db, ann.id)).rejects.toThrow(`the user owns 2 teams, such as ${first.id}`);
  await ann.api.teams.delete({ team_id: first.id });
  await expect(eraseUser(db, ann.id)).rejects.toThrow(`the user owns 1 team, such as ${second.id}`);
  expect(await ann.api.users.me()).toMatchObject({ email: ann.email });
  await ann.api.teams.delete({ team_id: second.id });
  expect(await outcomeOf(eraseUser(db, ann.id))).toBe('OK');

  const kept = await bob.api.teams.create({ name: 'Kept' });
  expect(await outcomeOf(eraseUser(db, bob.id))).toBe('OWNER_MUST_STAY');
  expect(await outcomeOf(eraseUser(db, bob.id, { keepsTeams: true }))).toBe('OK');
  expect(await db.$count(teams, eq(teams.id, kept.id))).toBe(1);
});

test('the last active admin stays, from here too', async () => {
  const { db, admin } = world();
  const root = await admin();
  const none = { activity: [], told: [] };
  expect(await world().effectsOf(() => setRole(db, root.id, 'user'))).toEqual({ outcome: 'LAST_ADMIN', ...none });
  expect(await world().effectsOf(() => deactivateUser(db, root.id))).toEqual({ outcome: 'LAST_ADMIN', ...none });
});

test('a new password ends every session, and is recorded without it', async () => {
  const { db, person, elsewhere, anonymous, effectsOf } = world();
  const ann = await person();
  const phone = await elsewhere(ann);
  const passwords = cheapPasswords;
  const effects = await effectsOf(() => resetPassword({ db, passwords }, ann.username, 'another-horse-battery'));
  expect(effects.activity.map(({ action, actor_id }) => [action, actor_id])).toEqual([
    ['user.password_changed', null],
    ['session.ended', null],
    ['session.ended', null],
  ]);
  expect(JSON.stringify(effects)).not.toContain('horse');
  expect(await outcomesOf([ann.api.users.me(), phone.users.me()])).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  const login = (given: string) => outcomeOf(anonymous.auth.login({ email: ann.email, password: given }));
  expect([await login(password), await login('another-horse-battery')]).toEqual(['INVALID_CREDENTIALS', 'OK']);
});

test('the list has everybody, over several pages', async () => {
  const { db } = world();
  const rows = Array.from({ length: 205 }, (_, i) => ({
    id: `01997d3e-8a50-7cc0-b3a1-${String(i).padStart(12, '0')}`,
    email: `listed${i}@example.com`,
    username: `listed${i}`,
    password_hash: 'none',
  }));
  await db.insert(users).values(rows);
  const listed: string[] = [];
  for await (const page of listUsers(db)) listed.push(...page.map(({ id }) => id));
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toHaveLength(await db.$count(users));
});
