import { expect, test } from 'vitest';
import { readEnv } from '../env.ts';
import { socketLimitsOf } from './socket-limits-of.ts';

test('every variable of a limit is that limit', () => {
  const env = readEnv({
    MAX_SOCKETS: '11',
    MAX_SOCKETS_PER_ADDRESS: '12',
    MAX_SOCKETS_PER_USER: '13',
    MAX_SUBSCRIPTIONS_PER_SOCKET: '14',
    MAX_BUFFERED_KB_PER_SOCKET: '150',
  });
  expect(socketLimitsOf(env)).toEqual({
    maxSockets: 11,
    maxPerAddress: 12,
    maxPerUser: 13,
    maxSubscriptions: 14,
    maxBufferedBytes: 150 * 1024,
  });
});
