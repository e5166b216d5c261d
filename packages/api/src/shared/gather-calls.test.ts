import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { gatherCalls } from './gather-calls.ts';

test('one call for all who ask meanwhile, begun after the last of them; each gets their own answer', async () => {
  const calls: (readonly number[])[] = [];
  const { promise: first, resolve: answerFirst } = Promise.withResolvers<undefined>();
  const double = gatherCalls(async (numbers: readonly number[]) => {
    calls.push(numbers);
    if (calls.length === 1) await first;
    return numbers.map((number) => number * 2);
  });
  const early = [double(1), double(2)];
  await expect.poll(() => calls.length).toBe(1);
  const late = [double(3), double(4), double(5)];
  answerFirst(undefined);
  expect(await Promise.all([...early, ...late])).toEqual([2, 4, 6, 8, 10]);
  expect(calls).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('a thousand and one are three calls', async () => {
  const sizes: number[] = [];
  const echo = gatherCalls(async (numbers: readonly number[]) => {
    sizes.push(numbers.length);
    return numbers;
  });
  const numbers = Array.from({ length: 1_001 }, (_, index) => index);
  expect(await Promise.all(numbers.map(echo))).toEqual(numbers);
  expect(sizes).toEqual([500, 500, 1]);
});

test('a call that fails fails for those whom it was for, and for nobody after them', async () => {
  const state = { isAway: true };
  const echo = gatherCalls(async (numbers: readonly number[]) => {
    if (state.isAway) throw new Error('away');
    return numbers;
  });
  for (const failed of [echo(1), echo(2)]) await expect(failed).rejects.toThrow('away');
  state.isAway = false;
  expect(await echo(3)).toBe(3);
});

test('a crowd that keeps coming is a call each hundredth of a second, and no more', async () => {
  const calls: (readonly number[])[] = [];
  const echo = gatherCalls(async (numbers: readonly number[]) => {
    calls.push(numbers);
    return numbers;
  });
  const begunAt = performance.now();
  const answers: Promise<number | undefined>[] = [];
  for (let index = 0; index < 50; index++) {
    answers.push(echo(index), echo(-index));
    await sleep(1);
  }
  await Promise.all(answers);
  // A timer may fire a little before its time.
  expect(calls.length).toBeLessThanOrEqual((performance.now() - begunAt) / 9 + 2);
  expect(calls.flat()).toHaveLength(100);
});
