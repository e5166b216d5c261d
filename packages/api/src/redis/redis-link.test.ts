import { setTimeout as sleep } from 'node:timers/promises';
import { hasRedis, startTestRedis, until, withRedis } from '@taskmaster/testing';
import type { TestRedis } from '@taskmaster/testing';
import { startTcpProxy, through } from '@taskmaster/testing/faults';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedisLink } from './redis-link.ts';
import type { RedisClient } from './redis-link.ts';

describe.runIf(hasRedis)(`${withRedis}: one connection`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  });
  afterAll(async () => redis[Symbol.asyncDispose]());

  const echo = (client: RedisClient) => client.eval(`return 'here'`, { keys: [], arguments: [] });

  async function behindProxy(onConnect?: (client: RedisClient) => Promise<void>) {
    const { hostname, port } = new URL(redis.url);
    const proxy = await startTcpProxy(() => ({ host: hostname, port: Number(port) }));
    const link = openRedisLink({ url: through(proxy, redis.url), ...(onConnect && { onConnect }) });
    return { link, proxy };
  }

  test('a command that is not answered is given up within a second, long before the line is', async () => {
    const { link, proxy } = await behindProxy();
    await link.tried;
    expect(await link.run(echo)).toBe('here');
    proxy.setFault({ isBlackHole: true });
    const before = performance.now();
    await expect(link.run(echo)).rejects.toThrow('within 1000 ms');
    expect(performance.now() - before).toBeLessThan(2_000);
    await link.close();
    await proxy[Symbol.asyncDispose]();
  });

  test('after a loss a command is not even tried, until there is a connection again', async () => {
    const { link, proxy } = await behindProxy();
    await link.tried;
    const answer = () => link.run(echo).catch((error: Error) => error.message);
    proxy.setOpen(false);
    proxy.cut();
    // Sooner than a ping finds out.
    await expect.poll(answer, { timeout: 2_000 }).toBe('Redis is away');
    proxy.setOpen(true);
    await expect.poll(answer, { timeout: 5_000 }).toBe('here');
    await link.close();
    await proxy[Symbol.asyncDispose]();
  });

  test('what a new connection begins with is given up when it is not answered, and tried again', async () => {
    let begun = 0;
    const { link, proxy } = await behindProxy(async () => {
      begun++;
      if (begun === 1) await new Promise(() => undefined);
    });
    await until(() => begun === 2, 'the second connection', 6_000);
    expect(await link.run(echo)).toBe('here');
    await link.close();
    await proxy[Symbol.asyncDispose]();
  });
});

test('what the log says of a loss, once, holds neither the address nor its password', async () => {
  const said: string[] = [];
  const say = (facts: object, message: string) => void said.push(JSON.stringify([facts, message]));
  const link = openRedisLink({ url: 'redis://user:hunter2@127.0.0.1:1', log: { info: say, warn: say } });
  await link.tried;
  await sleep(500);
  await expect(link.run(async () => 'nothing')).rejects.toThrow('Redis is away');
  await link.close();
  expect(said).toEqual([expect.stringContaining('ECONNREFUSED')]);
  expect(said[0]).not.toMatch(/hunter2|127\.0\.0\.1/);
});
