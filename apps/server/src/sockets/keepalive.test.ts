import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unopenedSocket } from '../testing/unopened-socket.ts';
import { keepAlive } from './keepalive.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('nothing is left of it when the socket has closed', () => {
  const ws = unopenedSocket();
  keepAlive(ws, 1_000);
  expect(vi.getTimerCount()).toBe(1);
  ws.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
