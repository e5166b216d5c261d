import { expect, test } from 'vitest';
import { createRestartDelays } from './restart-delays.ts';

test('a worker that dies of its start is replaced less and less often, one that lived at once', () => {
  const next = createRestartDelays();
  expect(Array.from({ length: 9 }, () => next(500))).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  expect(next(30_000)).toBe(10_000);
  expect([next(30_001), next(500)]).toEqual([100, 200]);
});
