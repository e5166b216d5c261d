import { expect, test } from 'vitest';
import { socketLimits } from './limits.ts';
import { createRegistry } from './registry.ts';

test('an IPv6 household is one address', () => {
  const hub = { onRevocation: () => () => undefined };
  const registry = createRegistry(hub, { ...socketLimits, maxPerAddress: 2 }, Date.now);
  const leave = registry.enter('2001:db8:1:2::1');
  registry.enter('2001:db8:1:2:ffff::1');
  expect(() => registry.enter('2001:db8:1:2::9')).toThrow('Too many sockets are open');
  registry.enter('2001:db8:1:3::1');
  leave();
  registry.enter('2001:db8:1:2::9');
  expect(registry.stats().places).toBe(3);
});
