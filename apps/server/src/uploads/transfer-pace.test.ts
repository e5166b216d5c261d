import { expect, test } from 'vitest';
import { longestTransferMs } from './transfer-pace.ts';

test.each([
  [0, 1_000, 30_000],
  [1, 1_000, 30_001],
  [1_000_000, 1_000, 1_030_000],
  // The settings allow it; a timer of more than this fires at once.
  [10_240 * 2 ** 20, 1, 2 ** 31 - 1],
])('%i bytes, at %i a second at the least, have %i ms', (sizeBytes, minBytesPerSecond, ms) => {
  expect(longestTransferMs({ stallTimeoutMs: 30_000, minBytesPerSecond }, sizeBytes)).toBe(ms);
});
