import { afterEach, expect, test, vi } from 'vitest';
import { jitteredBackoff } from './backoff.ts';

afterEach(() => void vi.restoreAllMocks());

const failures = [1, 2, 3, 7, 8, 1_000];

test('the longest pause doubles from half a second to half a minute, and stays there', () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  expect(failures.map(jitteredBackoff)).toEqual([600, 1_100, 2_100, 30_100, 30_100, 30_100]);
});

test('the shortest is a tenth of a second: nobody hammers, and clients come back spread out', () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  expect(failures.map(jitteredBackoff)).toEqual(failures.map(() => 100));
});
