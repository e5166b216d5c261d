import { afterEach, expect, test, vi } from 'vitest';
import { pause } from './pause.ts';

afterEach(() => void vi.unstubAllGlobals());

const long = 60_000;

/** A browser's window, and how many listen to it. */
function stubWindow() {
  const target = new EventTarget();
  const listeners = new Set<unknown>();
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
    listeners.add(listener);
    target.addEventListener(type, listener);
  });
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
    listeners.delete(listener);
    target.removeEventListener(type, listener);
  });
  return { target, listeners };
}

test('it ends when the network is back, and leaves no listener', async () => {
  const { target, listeners } = stubWindow();
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  const waiting = pause(long, signal);
  expect(listeners.size).toBe(1);
  target.dispatchEvent(new Event('online'));
  await waiting;
  expect(listeners.size).toBe(0);
  expect(removed).toHaveBeenCalledTimes(1);
});

test('it ends with its signal, and does not begin after it', async () => {
  const { listeners } = stubWindow();
  const stop = new AbortController();
  const waiting = pause(long, stop.signal);
  stop.abort();
  await waiting;
  await pause(long, stop.signal);
  expect(listeners.size).toBe(0);
});
