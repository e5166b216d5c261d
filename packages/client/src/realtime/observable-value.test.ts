import { expect, test, vi } from 'vitest';
import { observableValue } from './observable-value.ts';

test('a listener hears every change until it leaves; the same one twice is two', () => {
  const value = observableValue(0);
  const listener = vi.fn<(next: number) => void>();
  const leave = value.subscribe(listener);
  const leaveToo = value.subscribe(listener);
  value.set(1);
  value.set(1);
  leave();
  value.set(2);
  leaveToo();
  value.set(3);
  expect(listener.mock.calls).toEqual([[1], [1], [2]]);
  expect(value.value).toBe(3);
});
