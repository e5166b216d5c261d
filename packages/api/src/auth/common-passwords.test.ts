import { users } from '@taskmaster/core/tables';
import { expect, test } from 'vitest';
import { createAdmin } from '../users/command-line/create-admin.ts';
import { resetPassword } from '../users/command-line/reset-password.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf, refusedFields } from '../testing/refusal.ts';
import { cheapPasswords } from '../testing/test-deps.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const common = ['12345678', 'password', 'PassWord1', 'qwertyuiop', 'sunshine', 'TRUSTNO1'];

test.each(common)('%s is refused wherever a password is chosen, and nothing is changed', async (given) => {
  const { anonymous, person, db, effectsOf } = world();
  const ann = await person();
  const account = { username: `new-${ann.id}`, email: `new-${ann.id}@example.com`, password: given };
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
      expect(await refusedFields(call())).toEqual([`${field}: common_password`]);
      expect(await effectsOf(call)).toEqual({ outcome: 'VALIDATION_FAILED', activity: [], told: [] });
    }
  }
  expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password }))).toBe('OK');
});

test('who has had one since before may still log in with it', async () => {
  const { anonymous, db } = world();
  const ann = await world().person();
  await db.update(users).set({ password_hash: await cheapPasswords.hash('password1') });
  expect(await outcomeOf(anonymous.auth.login({ email: ann.email, password: 'password1' }))).toBe('OK');
});

test('a long one that holds a common one is none', async () => {
  const account = { username: 'composed', email: 'composed@example.com', password: 'password1 password1' };
  expect(await outcomeOf(world().anonymous.auth.register(account))).toBe('OK');
});
