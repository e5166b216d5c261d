import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { createPending } from './pending.ts';

afterEach(() => void vi.useRealTimers());

test('each question gets its own answer, and only the first one', async () => {
  const pending = createPending<string>(60_000, 'none');
  const ids: number[] = [];
  const asked = [1, 2].map(() => pending.ask((id) => void ids.push(id)));
  for (const id of ids.toReversed()) pending.answer(id, `of ${id}`);
  pending.answer(ids[0] ?? 0, 'too late');
  expect(await Promise.all(asked)).toEqual(ids.map((id) => `of ${id}`));
});

test('without an answer in time there is the fallback', async () => {
  vi.useFakeTimers();
  const pending = createPending<string>(1_000, 'none');
  const asked = pending.ask(() => undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await asked).toBe('none');
});

test('nothing is kept of what has been answered', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const pending = createPending<object>(60_000, {});
  async function ask() {
    const answer = {};
    await pending.ask((id) => pending.answer(id, answer));
    return new WeakRef(answer);
  }
  const answered = await ask();
  // What is looked at through a WeakRef lives until the end of the turn.
  await setImmediate();
  collectGarbage();
  expect(answered.deref()).toBeUndefined();
});
