import type { Hub } from '@taskmaster/api';
import { expect, test } from 'vitest';
import { unopenedSocket } from '../testing/unopened-socket.ts';
import { unrevokingHub } from '../testing/unrevoking-hub.ts';
import { createConnection } from './connection.ts';
import { socketLimits } from './limits.ts';
import { createRegistry } from './registry.ts';

type Listener = Parameters<Hub['onRevocation']>[0];

function createRevocations() {
  const listeners = new Set<Listener>();
  return {
    listeners,
    revoke: (user_id: string) => listeners.forEach((listen) => listen({ kind: 'user', user_id })),
    hub: {
      onRevocation(listener: Listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}

test('an IPv6 household is one address', () => {
  const registry = createRegistry(unrevokingHub, { ...socketLimits, maxPerAddress: 2 }, Date.now);
  const leave = registry.enter('2001:db8:1:2::1');
  registry.enter('2001:db8:1:2:ffff::1');
  expect(() => registry.enter('2001:db8:1:2::9')).toThrow('Too many sockets are open');
  registry.enter('2001:db8:1:3::1');
  leave();
  registry.enter('2001:db8:1:2::9');
  expect(registry.stats().places).toBe(3);
});

test('what was revoked while the actor was read closes the connection, for half a minute and no longer', () => {
  const { hub, revoke } = createRevocations();
  const clock = { ms: 0 };
  const registry = createRegistry(hub, socketLimits, () => clock.ms);
  const ann = { id: 'ann', role: 'user', session_id: 'one' } as const;
  /** Whether the connection is left to its actor, who was read from the beginning on. */
  const identify = () => registry.identify(createConnection(unopenedSocket(), socketLimits), ann, 0);
  revoke('ann');
  clock.ms = 30_000;
  revoke('bob');
  expect(identify()).toBe(false);
  clock.ms = 30_001;
  revoke('bob');
  expect(identify()).toBe(true);
});

test('after the end of all sockets nothing listens for revocations', () => {
  const { hub, listeners } = createRevocations();
  const registry = createRegistry(hub, socketLimits, Date.now);
  expect(listeners.size).toBe(1);
  registry.closeAll(1001, 'the server stops');
  expect(listeners.size).toBe(0);
});
