import { afterEach, expect, test, vi } from 'vitest';
import { trusted } from '../trusted.ts';
import { watchPulse } from './keepalive.ts';

afterEach(() => void vi.useRealTimers());

test('once the watch on a pulse is ended, nobody is asked, whatever still arrives', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const send = vi.fn<(message: string) => void>();
  const socket = Object.assign(new EventTarget(), { send });
  const stop = watchPulse(trusted<WebSocket>(socket), () => undefined, { idleMs: 40 });
  stop();
  socket.dispatchEvent(new Event('message'));
  vi.advanceTimersByTime(40);
  expect(send).not.toHaveBeenCalled();
});
