import type { RedisLink } from '../../redis/redis-link.ts';
import { openRedisLink } from '../../redis/redis-link.ts';
import type { RealtimeLog } from '../realtime-log.ts';
import type { Bus } from './bus.ts';

export interface RedisBusOptions {
  url: string;
  /** What wake-ups are sent on: whoever subscribes has a connection of its own. */
  commands: Pick<RedisLink, 'run'>;
  log?: RealtimeLog | undefined;
  heartbeatMs?: number;
}

/** The channel of all processes on one Redis. */
const channel = 'taskmaster';

/** Publish and subscribe. Each new connection, the first too, wakes: what was missed before it is found by reading. */
export function createRedisBus({ url, commands, log, heartbeatMs }: RedisBusOptions): Bus {
  let subscriber: RedisLink | undefined;
  return {
    publish: async () => void (await commands.run((client) => client.publish(channel, ''))),
    subscribe(onWake) {
      subscriber = openRedisLink({
        url,
        log,
        ...(heartbeatMs !== undefined && { heartbeatMs }),
        async onConnect(client) {
          await client.subscribe(channel, () => onWake());
          onWake();
        },
      });
    },
    close: async () => subscriber?.close(),
  };
}
