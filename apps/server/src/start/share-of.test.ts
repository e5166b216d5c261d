import { expect, test } from 'vitest';
import { shareOf } from './share-of.ts';

test.each([
  ['all of it for one', 10, 1, 2, 10],
  ['a whole part for each', 10, 3, 2, 3],
  ['never less than the least', 10, 64, 2, 2],
  ['nor nothing of too little', 2, 4, 1, 1],
])('%s', (_, total, processes, least, expected) => {
  expect(shareOf(total, processes, least)).toBe(expected);
});
