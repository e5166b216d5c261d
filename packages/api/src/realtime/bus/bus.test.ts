import { createTestDatabase, hasRedis, startTestRedis, until, withRedis } from '@taskmaster/testing';
import type { TestDatabase, TestRedis } from '@taskmaster/testing';
import { addressOf, startTcpProxy, through } from '@taskmaster/testing/faults';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedisLink } from '../../redis/redis-link.ts';
import type { RedisLink } from '../../redis/redis-link.ts';
import { createWakeUps } from '../wake-ups.ts';
import type { Bus } from './bus.ts';
import { createMemoryChannel } from './memory-bus.ts';
import { createPostgresBus } from './postgres-bus.ts';
import { createRedisBus } from './redis-bus.ts';

let database: TestDatabase;
let redis: TestRedis | undefined;
let commands: RedisLink | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  if (hasRedis) {
    redis = await startTestRedis();
    commands = openRedisLink({ url: redis.url });
    await commands.tried;
  }
});
afterAll(async () => {
  await commands?.close();
  await redis?.[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function connectRedis(): Bus {
  if (!redis || !commands) throw new Error(withRedis);
  return createRedisBus({ url: redis.url, commands });
}

const channel = createMemoryChannel();
const adapters: [name: string, isThere: boolean, connect: () => Bus][] = [
  ['in memory', true, channel.connect],
  ['PostgreSQL', true, () => createPostgresBus({ sql: database.sql })],
  [withRedis, hasRedis, connectRedis],
];

describe.for(adapters.map(([name, isThere, connect]) => ({ name, isThere, connect })))(
  '$name',
  ({ isThere, connect }) => {
    test.runIf(isThere)('a wake-up reaches every process, the one that sent it too, until it closes', async () => {
      const buses = [connect(), connect(), connect()];
      const heard = buses.map(() => 0);
      for (const [index, bus] of buses.entries()) bus.subscribe(() => void (heard[index] = (heard[index] ?? 0) + 1));
      await until(() => heard.every((count) => count === 1), 'all to listen');
      const before = [...heard];
      await buses[0]?.publish();
      await until(() => heard.every((count, index) => count === (before[index] ?? 0) + 1), 'one wake-up each');
      await buses[2]?.close();
      await buses[0]?.publish();
      await until(() => heard[1] === (before[1] ?? 0) + 2, 'the second');
      expect(heard[2]).toBe((before[2] ?? 0) + 1);
      await Promise.all([buses[0]?.close(), buses[1]?.close()]);
    });

    test.runIf(isThere)('a thousand writes at once are a few wake-ups, and the last of them is heard', async () => {
      const [sender, receiver] = [connect(), connect()];
      const seen = { written: 0, heard: 0, last: 0 };
      receiver.subscribe(() => {
        seen.heard++;
        seen.last = seen.written;
      });
      await until(() => seen.heard === 1, 'to listen');
      const wakeUps = createWakeUps(sender, 5, (error) => expect.fail(String(error)));
      for (let burst = 0; burst < 10; burst++) {
        for (let write = 0; write < 100; write++) {
          seen.written++;
          wakeUps.publish();
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => seen.last === 1_000, 'the wake-up after the last write');
      // One that listens begins with one; each burst can be one, and each timer that fell between two.
      expect(seen.heard).toBeLessThanOrEqual(21);
      wakeUps.stop();
      await Promise.all([sender.close(), receiver.close()]);
    });
  },
);

test('PostgreSQL: a lost connection is made again, listens again, and wakes for what was missed', async () => {
  const bus = createPostgresBus({ sql: database.sql });
  let heard = 0;
  bus.subscribe(() => heard++);
  await until(() => heard === 1, 'the first LISTEN');
  for (let round = 0; round < 5; round++) {
    const before = heard;
    await database.owner`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen taskmaster' and pid <> pg_backend_pid()`;
    await until(() => heard === before + 1, 'the wake-up after the loss');
    await database.sql`notify taskmaster`;
    await until(() => heard === before + 2, 'a wake-up on the new connection');
  }
  await bus.close();
  expect(heard).toBe(11);
});

test('PostgreSQL: LISTEN is tried until it succeeds, by one that was away at first too', async () => {
  const { host, port } = addressOf(database.url);
  const proxy = await startTcpProxy(() => ({ host, port }));
  proxy.setOpen(false);
  const sql = postgres(through(proxy, database.url), { max: 1 });
  const warnings: string[] = [];
  const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const bus = createPostgresBus({ sql, log });
  let heard = 0;
  bus.subscribe(() => heard++);
  await until(() => warnings.length >= 2, 'two attempts to fail');
  expect(heard).toBe(0);
  proxy.setOpen(true);
  await until(() => heard === 1, 'the first LISTEN');
  await database.sql`notify taskmaster`;
  await until(() => heard === 2, 'a wake-up');
  await bus.close();
  await sql.end();
  await proxy[Symbol.asyncDispose]();
});

describe.runIf(hasRedis)('Redis', () => {
  const there = () => {
    if (!redis || !commands) throw new Error(withRedis);
    return { redis, commands };
  };

  /** A bus behind a line that can be cut, and how often it has woken. */
  async function behindProxy(heartbeatMs?: number) {
    const { redis, commands } = there();
    const { hostname, port } = new URL(redis.url);
    const proxy = await startTcpProxy(() => ({ host: hostname, port: Number(port) }));
    const options = { url: through(proxy, redis.url), commands, ...(heartbeatMs !== undefined && { heartbeatMs }) };
    const bus = createRedisBus(options);
    const heard = { times: 0 };
    bus.subscribe(() => heard.times++);
    await until(() => heard.times === 1, 'the first SUBSCRIBE');
    return { bus, proxy, heard };
  }

  test('a lost connection is made again, subscribes again, and wakes for what was missed', async () => {
    const { bus, proxy, heard } = await behindProxy();
    for (let round = 0; round < 5; round++) {
      const before = heard.times;
      proxy.cut({ reset: round % 2 === 0 });
      await until(() => heard.times === before + 1, 'the wake-up after the loss');
      await bus.publish();
      await until(() => heard.times === before + 2, 'a wake-up on the new connection');
    }
    expect(heard.times).toBe(11);
    await bus.close();
    await proxy[Symbol.asyncDispose]();
  });

  test('a line that has gone silent is found out and left', async () => {
    const { bus, proxy, heard } = await behindProxy(100);
    proxy.setFault({ isBlackHole: true });
    await until(() => proxy.open() === 0 || heard.times > 1, 'the end of the silent connection');
    proxy.setFault({});
    await until(() => heard.times >= 2, 'the wake-up on a new connection');
    await bus.publish();
    await until(() => heard.times >= 3, 'a wake-up on it');
    expect(proxy.open()).toBe(1);
    await bus.close();
    await proxy[Symbol.asyncDispose]();
  });

  test('one that is not there yet, or any more, rejects at once, and is found when it comes', async () => {
    const { redis } = there();
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
    await redis.kill();
    const link = openRedisLink({ url: redis.url, log });
    const bus = createRedisBus({ url: redis.url, commands: link });
    let heard = 0;
    bus.subscribe(() => heard++);
    await until(() => warnings.length > 0, 'the warning');
    const before = performance.now();
    await expect(bus.publish()).rejects.toThrow('Redis is away');
    expect(performance.now() - before).toBeLessThan(500);
    expect(heard).toBe(0);
    await redis.start();
    await until(() => heard === 1, 'the first SUBSCRIBE');
    await expect.poll(() => bus.publish().then(() => 'sent', String)).toBe('sent');
    await until(() => heard >= 2, 'a wake-up');
    expect(warnings).toHaveLength(1);
    await Promise.all([bus.close(), link.close()]);
  });
});
