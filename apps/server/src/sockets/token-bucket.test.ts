import { expect, test } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

function createBucket() {
  const clock = { ms: 0 };
  return { clock, take: createTokenBucket(3, 2, () => clock.ms) };
}

test('a burst at once, then so many a second', () => {
  const { clock, take } = createBucket();
  expect([take(), take(2), take()]).toEqual([true, true, false]);
  clock.ms += 499;
  expect(take()).toBe(false);
  clock.ms += 1;
  expect([take(), take()]).toEqual([true, false]);
});

test('of what is too much nothing is taken', () => {
  const { take } = createBucket();
  expect([take(4), take(3)]).toEqual([false, true]);
});

test('however long nothing came, no more than a burst is left', () => {
  const { clock, take } = createBucket();
  clock.ms += 3_600_000;
  expect([take(4), take(3), take()]).toEqual([false, true, false]);
});
