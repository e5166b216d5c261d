import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startHeartbeat } from './heartbeat.ts';

const patience = { askEveryMs: 1_000, questions: 3 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** `answers` says of each question, from the first on, whether it is answered. */
function ask(answers: (question: number) => boolean) {
  const onSilence = vi.fn();
  let asked = 0;
  const heartbeat = startHeartbeat({
    ...patience,
    ask: () => void (answers(++asked) && heartbeat.heard()),
    onSilence,
  });
  return { ...heartbeat, onSilence, asked: () => asked };
}

test('silence is told of once, after so many questions and time for the last answer', () => {
  const { onSilence, asked } = ask(() => false);
  vi.advanceTimersByTime(3_999);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(onSilence).toHaveBeenCalledTimes(1);
  expect(asked()).toBe(3);
});

test('one answer now and then is enough', () => {
  const { onSilence } = ask((question) => question % 3 === 0);
  vi.advanceTimersByTime(60_000);
  expect(onSilence).not.toHaveBeenCalled();
});

test('the time that nobody was asked in does not count', () => {
  const { onSilence } = ask(() => false);
  vi.advanceTimersByTime(2_000);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1_999);
  expect(onSilence).not.toHaveBeenCalled();
});

test('who has ended is not asked', () => {
  const { stop, asked } = ask(() => true);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(asked()).toBe(0);
});
