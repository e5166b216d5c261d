import { z } from 'zod';
import type { RedisLink } from '../redis/redis-link.ts';
import type { LimitStore } from './limit-store.ts';

/** Counts what was asked for, beyond the limit too; answers what was there before, and how long the window still is. */
const takeScript = `
local limit, windowMs = tonumber(ARGV[2]), tonumber(ARGV[3])
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
local resetsInMs = redis.call('PTTL', KEYS[1])
if resetsInMs <= 0 then before, resetsInMs = 0, windowMs end
before = math.min(before, limit)
redis.call('SET', KEYS[1], before + tonumber(ARGV[1]), 'PX', resetsInMs)
return {before, resetsInMs}
`;

const giveBackScript = `
local points = tonumber(redis.call('GET', KEYS[1]) or '0')
if points > 0 then
  redis.call('SET', KEYS[1], math.max(0, math.min(points, tonumber(ARGV[2])) - tonumber(ARGV[1])), 'KEEPTTL')
end
return 0
`;

const Taken = z.tuple([z.number(), z.number()]);
const keysOf = (key: string) => [`taskmaster:limit:${key}`];

/** Counters in Redis, which forgets each with its window. A script is one step. */
export const createRedisLimitStore = (redis: Pick<RedisLink, 'run'>): LimitStore => ({
  async take(key, points, rate) {
    const args = [points, rate.points, rate.windowSeconds * 1000].map(String);
    const reply = await redis.run((client) => client.eval(takeScript, { keys: keysOf(key), arguments: args }));
    const [before, resetsInMs] = Taken.parse(reply);
    return {
      granted: Math.min(points, Math.max(0, rate.points - before)),
      remaining: Math.max(0, rate.points - before - points),
      resetsInMs,
    };
  },
  async giveBack(key, points, rate) {
    const args = [points, rate.points].map(String);
    await redis.run((client) => client.eval(giveBackScript, { keys: keysOf(key), arguments: args }));
  },
});
