import type { LimitStore } from '../limits/limit-store.ts';
import { createRedisLimitStore } from '../limits/redis-limit-store.ts';
import type { Bus } from '../realtime/bus/bus.ts';
import { createRedisBus } from '../realtime/bus/redis-bus.ts';
import type { RealtimeLog } from '../realtime/realtime-log.ts';
import { openRedisLink } from './redis-link.ts';

/** What Redis (6 or newer) or Valkey does where there is one. */
export interface Redis {
  bus: Bus;
  /** Rejects while Redis is away. */
  limitStore: LimitStore;
  /** The bus is closed by who uses it. */
  close: () => Promise<void>;
}

/** Resolves after the first attempt to connect. One that fails is repeated for as long as it takes. */
export async function openRedis({ url, log }: { url: string; log?: RealtimeLog }): Promise<Redis> {
  const commands = openRedisLink({ url, log });
  await commands.tried;
  return {
    bus: createRedisBus({ url, commands }),
    limitStore: createRedisLimitStore(commands),
    close: commands.close,
  };
}
