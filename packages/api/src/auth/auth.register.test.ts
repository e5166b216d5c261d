import { users } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();
const password = 'correct-horse-battery';
const register = (username: string, email = `${username}@example.com`) =>
  world().anonymous.auth.register({ username, email, password });

test('answers the new user, who is an ordinary one, the first too; the password is kept as a hash', async () => {
  const { db, anonymous } = world();
  const { id, created_at, ...user } = await anonymous.auth.register({
    username: 'Ann',
    email: 'Ann@Example.com',
    password,
    full_name: 'Ann Example',
  });
  expect(user).toEqual({
    username: 'Ann',
    email: 'Ann@Example.com',
    full_name: 'Ann Example',
    role: 'user',
    is_active: true,
    updated_at: created_at,
  });
  const [row] = await db.select().from(users).where(eq(users.id, id));
  expect(row?.password_hash).not.toBe(password);
});

test('one row in the activity log, by the new user, without the password', async () => {
  const effects = await world().effectsOf(() => register('recorded'));
  expect(effects.activity).toMatchObject([{ action: 'user.registered', entity_type: 'user', details: {} }]);
  const [{ actor_id, entity_id } = { actor_id: null, entity_id: '' }] = effects.activity;
  expect(actor_id).toBe(entity_id);
  expect(JSON.stringify(effects)).not.toContain(password);
});

test('names and addresses are taken in any case', async () => {
  await register('taken');
  const refused = await world().effectsOf(() => register('other', 'TAKEN@example.com'));
  expect(refused).toEqual({ outcome: 'EMAIL_TAKEN', activity: [], told: [] });
  expect(await outcomeOf(register('TAKEN', 'other@example.com'))).toBe('USERNAME_TAKEN');
});

test('20 registrations of one name at once: one succeeds', async () => {
  const outcomes = await outcomesOf(Array.from({ length: 20 }, (_, i) => register('racer', `racer${i}@example.com`)));
  expect(outcomes).toEqual(['OK', ...Array.from({ length: 19 }, () => 'USERNAME_TAKEN')]);
});

test('20 registrations of one address at once: one succeeds, and one row is there', async () => {
  const { db } = world();
  const outcomes = await outcomesOf(
    Array.from({ length: 20 }, (_, i) => register(`runner${i}`, i % 2 ? 'RUN@example.com' : 'run@example.com')),
  );
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'EMAIL_TAKEN')).toHaveLength(19);
  const rows = await db.select({ email: users.email }).from(users);
  expect(rows.filter(({ email }) => email.toLowerCase() === 'run@example.com')).toHaveLength(1);
});
