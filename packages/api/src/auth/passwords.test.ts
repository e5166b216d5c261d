import { outcomeOf } from '../testing/refusal.ts';
import { expect, test } from 'vitest';
import { createPasswords } from './passwords.ts';

test("argon2id with OWASP's parameters, each hash with its own salt", async () => {
  const passwords = await createPasswords();
  const [one, other] = [await passwords.hash('correct-horse'), await passwords.hash('correct-horse')];
  const [, algorithm, , parameters = ''] = one.split('$');
  expect([algorithm, ...parameters.split(',').toSorted()]).toEqual(['argon2id', 'm=19456', 'p=1', 't=2']);
  expect(other).not.toBe(one);
  expect(await passwords.verify(one, 'correct-horse')).toBe(true);
  expect(await passwords.verify(one, 'wrong-horse')).toBe(false);
  expect(passwords.needsRehash(one)).toBe(false);
  expect(passwords.needsRehash(one.replace('t=2', 't=1'))).toBe(true);
});

test('an unknown user is verified against a decoy, and never right', async () => {
  const passwords = await createPasswords();
  expect(await passwords.verify(undefined, 'nobody has this password')).toBe(false);
});

test('a password is hashed and compared in NFC', async () => {
  const passwords = await createPasswords();
  const [composed, decomposed] = ['Z\u00fcrich-Horse', 'Zu\u0308rich-Horse'];
  expect(await passwords.verify(await passwords.hash(decomposed), composed)).toBe(true);
  expect(await passwords.verify(await passwords.hash(composed), decomposed)).toBe(true);
});

test('more than may wait are refused at once, and those who waited are served', async () => {
  const passwords = await createPasswords({ concurrency: 1, maxWaiting: 2 });
  const work = Array.from({ length: 6 }, () => outcomeOf(passwords.hash('correct-horse')));
  expect((await Promise.all(work)).toSorted()).toEqual(['OK', 'OK', 'OK', 'UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']);
  expect(await outcomeOf(passwords.hash('correct-horse')), 'the gate is free again').toBe('OK');
});

test('an unknown user takes a place as a known one does', async () => {
  const passwords = await createPasswords({ concurrency: 1, maxWaiting: 0 });
  const unknown = passwords.verify(undefined, 'anything at all');
  await expect(passwords.hash('anything else')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(await unknown).toBe(false);
});
