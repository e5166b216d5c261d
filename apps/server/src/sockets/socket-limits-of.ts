import type { Env } from '../env.ts';
import type { SocketLimits } from './limits.ts';

/** What a host may set of the limits; the others have their reasons in the protocol. */
export const socketLimitsOf = (env: Env) =>
  ({
    maxSockets: env.MAX_SOCKETS,
    maxPerAddress: env.MAX_SOCKETS_PER_ADDRESS,
    maxPerUser: env.MAX_SOCKETS_PER_USER,
    maxSubscriptions: env.MAX_SUBSCRIPTIONS_PER_SOCKET,
    maxBufferedBytes: env.MAX_BUFFERED_KB_PER_SOCKET * 1024,
  }) satisfies Partial<SocketLimits>;
