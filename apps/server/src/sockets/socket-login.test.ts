import { socketCloseCodes } from '@taskmaster/core/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unopenedSocket } from '../testing/unopened-socket.ts';
import { unrevokingHub } from '../testing/unrevoking-hub.ts';
import { createConnection } from './connection.ts';
import { socketLimits } from './limits.ts';
import { createRegistry } from './registry.ts';
import { bindToken } from './socket-login.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const secondMs = 1_000;
const dayMs = 86_400 * secondMs;

function bindFor(lifetimeMs: number) {
  const connection = createConnection(unopenedSocket(), socketLimits);
  const registry = createRegistry(unrevokingHub, socketLimits, Date.now);
  const actor = { id: 'ann', role: 'user', session_id: 'one' } as const;
  const authentication = { actor, expires_at: new Date(Date.now() + lifetimeMs) };
  const options = { registry, now: Date.now, authenticate: () => Promise.resolve(authentication) };
  bindToken(options, connection, { token: 'a token', authentication, since: Date.now() });
  return connection;
}

test('a connection ends with its token', () => {
  const connection = bindFor(2 * secondMs);
  vi.advanceTimersByTime(2 * secondMs - 1);
  expect(connection.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(connection.closeCode).toBe(socketCloseCodes.unauthenticated);
});

test('a token of 30 days, more than a timer counts, ends nothing at once', () => {
  const connection = bindFor(30 * dayMs);
  vi.advanceTimersByTime(20 * dayMs);
  expect(connection.signal.aborted).toBe(false);
});

test('no timer is left of a connection that has closed', () => {
  const { ws } = bindFor(dayMs);
  expect(vi.getTimerCount()).toBe(1);
  ws.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
