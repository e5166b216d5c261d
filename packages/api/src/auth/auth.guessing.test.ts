import { expect, test } from 'vitest';
import { knownNetworks } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';
import { createServices } from '../create-services.ts';
import { createLimit } from '../limits/limit.ts';
import { createPostgresLimitStore } from '../limits/postgres-limit-store.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import type { Person } from '../testing/people.ts';
import { outcomeOf, outcomesOf, refusedFields } from '../testing/refusal.ts';
import { unlimited } from '../testing/test-deps.ts';
import { createTestWorld } from '../testing/test-world.ts';

const points = 4;

/** A world in which an account takes four wrong guesses an hour, and logins from any address. */
async function createGuessedWorld() {
  const limits = { ...unlimited };
  const world = await createTestWorld({ deps: { limits } });
  const store = createPostgresLimitStore(world.db);
  limits.account = createLimit({
    store,
    name: 'account',
    rate: { points, windowSeconds: 3600 },
    what: 'failed logins',
  });
  const services = createServices(world.deps);
  const from = (ip_address: string) => ({ request_id: 'test', ip_address, user_agent: null });
  const login = (ip_address: string, email: string, given = password) =>
    services.auth.login(from(ip_address), { email, password: given });
  const guess = (ip_address: string, email: string) => outcomeOf(login(ip_address, email, 'wrong-horse-battery'));
  /** Wrong guesses at once, each from another network. */
  const guessFromEverywhere = (email: string, count = 2 * points) =>
    outcomesOf(Array.from({ length: count }, (_, i) => login(`203.0.113.${i}`, email, 'wrong-horse-battery')));
  return { ...world, login, guess, guessFromEverywhere, services, from };
}

const fourWrongThenRefused = [
  ...Array.from({ length: points }, () => 'INVALID_CREDENTIALS'),
  ...Array.from({ length: points }, () => 'RATE_LIMITED'),
];

test('guesses from everywhere share one budget, and the user still gets in from known networks', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  await world.login('198.51.100.7', ann.email);
  expect(await world.guessFromEverywhere(ann.email)).toEqual(fourWrongThenRefused);
  expect(await outcomeOf(world.login('203.0.113.99', ann.email)), 'right, from an unknown network').toBe(
    'RATE_LIMITED',
  );
  expect(await outcomeOf(world.login('198.51.100.7', ann.email))).toBe('OK');
  expect(await outcomeOf(world.login('::ffff:198.51.100.7', ann.email)), 'another spelling of it').toBe('OK');
});

test('where a session is refreshed is known too', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  const { refresh_token } = await world.login('198.51.100.7', ann.email);
  await world.services.auth.refresh(world.from('2001:db8:1:2::9'), { refresh_token });
  await world.guessFromEverywhere(ann.email);
  expect(await outcomeOf(world.login('2001:db8:1:2:3::1', ann.email))).toBe('OK');
});

test('where a user logs in a whole IPv6 household is known', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  await world.login('2001:db8:1:2::9', ann.email);
  await world.guessFromEverywhere(ann.email);
  expect(await outcomeOf(world.login('2001:db8:1:2:3::1', ann.email))).toBe('OK');
});

test('a network is known of whom it was used by, and of nobody else: no guesser makes it known', async () => {
  await using world = await createGuessedWorld();
  const [ann, eve] = [await world.person(), await world.person()];
  await world.login('203.0.113.99', eve.email);
  await world.guessFromEverywhere(ann.email);
  expect(await world.guess('203.0.113.99', ann.email)).toBe('RATE_LIMITED');
});

test('a network is forgotten after 90 days', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  await world.login('198.51.100.7', ann.email);
  await world.db.update(knownNetworks).set({ last_used_at: sql`now() - interval '91 days'` });
  await world.guessFromEverywhere(ann.email);
  expect(await outcomeOf(world.login('198.51.100.7', ann.email))).toBe('RATE_LIMITED');
});

test('guesses from a known network have a budget of their own, which locks nobody out elsewhere', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  for (const address of ['198.51.100.7', '198.51.100.8']) await world.login(address, ann.email);
  const guesses = Array.from({ length: 2 * points }, () => world.login('198.51.100.7', ann.email, 'wrong-horse'));
  expect(await outcomesOf(guesses)).toEqual(fourWrongThenRefused);
  for (const address of ['198.51.100.8', '203.0.113.1']) {
    expect(await outcomeOf(world.login(address, ann.email))).toBe('OK');
  }
});

test('who knows the password is not counted', async () => {
  await using world = await createGuessedWorld();
  const ann = await world.person();
  for (let i = 0; i < 3 * points; i++) expect(await outcomeOf(world.login('198.51.100.7', ann.email))).toBe('OK');
});

test('an unknown name, an inactive user and either name of a user are counted alike, in any case', async () => {
  await using world = await createGuessedWorld();
  const [ann, gone] = [await world.person(), await world.person({ is_active: false })];
  for (const name of ['nobody@example.com', 'nobody', gone.email, ann.username, ann.email]) {
    for (let i = 0; i < points; i++) {
      const typed = i % 2 ? name.toUpperCase() : name;
      expect(await world.guess(`203.0.113.${i}`, typed)).toBe('INVALID_CREDENTIALS');
    }
    expect(await world.guess('203.0.113.99', name)).toBe('RATE_LIMITED');
  }
});

test('the right password of an inactive user is a guess like any other', async () => {
  await using world = await createGuessedWorld();
  const gone = await world.person({ is_active: false });
  for (let i = 0; i < points; i++) {
    expect(await outcomeOf(world.login('203.0.113.1', gone.email))).toBe('INVALID_CREDENTIALS');
  }
  expect(await outcomeOf(world.login('203.0.113.1', gone.email))).toBe('RATE_LIMITED');
});

test('the current password can be guessed as often from a session, and no other session is refused by it', async () => {
  await using world = await createGuessedWorld();
  const ann: Person = await world.person();
  const elsewhere = await world.elsewhere(ann);
  const guess = () =>
    ann.api.users.changePassword({ current_password: 'wrong-horse', new_password: 'another-horse-battery' });
  for (let i = 0; i < points; i++) {
    expect(await refusedFields(guess())).toEqual(['current_password: wrong_password']);
  }
  expect(await outcomeOf(guess())).toBe('RATE_LIMITED');
  const change = { current_password: password, new_password: 'another-horse-battery' };
  expect(await outcomeOf(ann.api.users.changePassword(change))).toBe('RATE_LIMITED');
  expect(await outcomeOf(elsewhere.users.changePassword(change))).toBe('OK');
});
