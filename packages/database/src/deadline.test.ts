import { expect, test } from 'vitest';
import { DatabaseDeadlineError, withDeadline } from './index.ts';

const after = async (ms: number): Promise<string> => new Promise((resolve) => setTimeout(resolve, ms, 'done'));

test('passes on what comes in time', async () => {
  await expect(withDeadline(after(1), 1_000)).resolves.toBe('done');
  await expect(withDeadline(async () => after(1), 1_000)).resolves.toBe('done');
  await expect(withDeadline(Promise.reject(new Error('theirs')), 1_000)).rejects.toThrow('theirs');
});

test('rejects in time, and a late rejection goes nowhere', async () => {
  const late = after(40).then(() => {
    throw new Error('too late');
  });
  await expect(withDeadline(late, 10)).rejects.toBeInstanceOf(DatabaseDeadlineError);
  // The setup file fails this test if the late rejection is unhandled.
  await after(60);
});

test('leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  await withDeadline(async () => 'at once', 60_000);
  expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
});
