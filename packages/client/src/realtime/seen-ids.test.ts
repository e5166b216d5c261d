import { expect, test } from 'vitest';
import { createSeenIds } from './seen-ids.ts';

test('the last ids are remembered, and no more than that', () => {
  const seen = createSeenIds(3);
  expect(['a', 'b', 'c', 'a', 'd'].map((id) => seen.add(id))).toEqual([true, true, true, false, true]);
  expect(['d', 'c', 'b'].map((id) => seen.add(id))).toEqual([false, false, false]);
  expect(seen.add('a')).toBe(true);
});
