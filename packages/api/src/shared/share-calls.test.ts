import { expect, test } from 'vitest';
import { shareCalls } from './share-calls.ts';

test('who asks while an answer is on its way gets that one; who asks later, a new one', async () => {
  const state = { asked: 0 };
  const ask = shareCalls(async () => {
    state.asked++;
    await Promise.resolve();
    return state.asked;
  });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(2);
});

test('a failure is told to those who wait for it, and to nobody after them', async () => {
  const answers = [Promise.reject(new Error('away')), Promise.resolve('here')];
  const ask = shareCalls(async () => answers.shift());
  const failing = [ask(), ask()];
  for (const each of failing) await expect(each).rejects.toThrow('away');
  expect(await ask()).toBe('here');
});
