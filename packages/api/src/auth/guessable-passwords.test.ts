import { users } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { createAdmin } from '../users/command-line/create-admin.ts';
import { resetPassword } from '../users/command-line/reset-password.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, refusedFields } from '../testing/refusal.ts';
import { cheapPasswords } from '../testing/test-deps.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
afterEach(async () => {
  await world()
    .db.update(users)
    .set({ username: sql`id`, email: sql`id || '@example.com'` });
});

const common = ['12345678', 'password', 'PassWord1', 'qwertyuiop', 'sunshine', 'TRUSTNO1'];
const names = ['GraceHopper', 'grace.hopper-Grace.Hopper', 'Rear.Admiral', '1rearadmiral!'];
const repeated = ['!!!!!!!!', 'x'.repeat(128), 'xyxyxyxyx', 'Wombat7Wombat7', '§$%§$%§$%'];
const runs = ['BCDEFGHIJ', 'nmlkjihgf', '2345678901234', 'xyzabcdef', 'абвгдежз', 'ertyuiop', 'POIUZTREWQ', '!@#$%^&*'];
const products = ['taskmaster', 'TaskMaster-Pro', 'Taskmaster#2026'];

test.each([
  ...common.map((given) => [given, 'common_password']),
  ...[...repeated, ...runs].map((given) => [given, 'pattern_as_password']),
  ...[...names, ...products].map((given) => [given, 'name_as_password']),
])('%s is refused wherever a password is chosen, and nothing is changed: %s', async (given, code) => {
  const { anonymous, person, db, effectsOf } = world();
  const account = { username: 'grace.hopper', email: 'rear.admiral@example.com', password: given };
  const ann = await person();
  await db.update(users).set({ username: account.username, email: account.email }).where(eq(users.id, ann.id));
  const deps = { db, passwords: cheapPasswords };
  const ways = {
    password: [
      () => anonymous.auth.register(account),
      () => createAdmin(deps, account),
      () => resetPassword(deps, ann.id, given),
    ],
    new_password: [() => ann.api.users.changePassword({ current_password: password, new_password: given })],
  };
  for (const [field, calls] of Object.entries(ways)) {
    for (const call of calls) {
      expect(await refusedFields(call())).toEqual([`${field}: ${code}`]);
      expect(await effectsOf(call)).toEqual({ outcome: 'VALIDATION_FAILED', activity: [], told: [] });
    }
  }
  expect(await outcomeOf(anonymous.auth.login({ email: account.email, password }))).toBe('OK');
});

test('who has had one since before may still log in with it', async () => {
  const { anonymous, db } = world();
  const ann = await world().person();
  await db.update(users).set({ password_hash: await cheapPasswords.hash('password1') });
  expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password: 'password1' }))).toBe('OK');
});

test.each([
  ['a long one that holds a common one', 'composed', 'composed@example.com', 'password1 password1'],
  ['a name that is less than half of it', 'eve', 'eve@example.com', 'eve 567'.padEnd(8, '8')],
  ['signs, which no name has', 'sign', 's@example.com', '!?=+!?=-'],
  ['one that ends as it begins', 'ends', 'ends@example.com', 'k7#xQ2bk'],
  ['one that holds a run', 'run', 'run@example.com', 'k-abcdefghijkl'],
  ['a run and one more', 'more', 'more@example.com', 'ijklmnopx'],
  ['one that holds a repetition', 'again', 'again@example.com', 'k-aaaaaaaaaaaa'],
  ['one that would do, twice', 'twice', 'twice@example.com', 'k7#xQ2b!k7#xQ2b!'],
  ['two runs', 'two', 'two@example.com', 'hijk-6543'],
  ['the name of the host', 'hosted', 'hosted@hostname.example', 'hostname'],
])('%s is none', async (_, username, email, given) => {
  expect(await outcomeOf(world().anonymous.auth.register({ username, email, password: given }))).toBe('OK');
});

test('half of it is too much of a name', async () => {
  const register = (given: string) =>
    world().anonymous.auth.register({ username: 'hopper', email: 'navy@example.com', password: given });
  expect(await refusedFields(register('hopper-12345'))).toEqual(['password: name_as_password']);
  expect(await outcomeOf(register('hopper-123456'))).toBe('OK');
});
