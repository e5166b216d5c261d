import { afterEach, beforeEach } from 'vitest';
import { recordNoise, takeNoise } from './noise.ts';

const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

recordNoise();

beforeEach(() => {
  recordNoise();
  takeNoise();
  rejections.length = 0;
});

// An error that is only printed, or a promise that nobody waits for, is a bug that happens not to fail an assertion.
afterEach(async () => {
  // Node reports an unhandled rejection after the microtasks of its turn.
  await new Promise((resolve) => setImmediate(resolve));
  const printed = takeNoise();
  if (printed.length > 0) {
    throw new Error(`unexpected console.error (a test that means it calls takeNoise()): ${printed.join('\n')}`);
  }
  const [rejection] = rejections.splice(0);
  if (rejection !== undefined) throw new Error('a rejection that nobody handled', { cause: rejection });
});
