import { rateLimits } from '@taskmaster/core/tables';
import { createTestDatabase, hasRedis, startTestRedis, withRedis } from '@taskmaster/testing';
import type { TestDatabase, TestRedis } from '@taskmaster/testing';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedisLink } from '../redis/redis-link.ts';
import type { RedisLink } from '../redis/redis-link.ts';
import { countOf, outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { times } from '../testing/times.ts';
import { createFallbackLimitStore } from './fallback-limit-store.ts';
import { createLimit } from './limit.ts';
import type { LimitOptions } from './limit.ts';
import type { LimitStore } from './limit-store.ts';
import { createPostgresLimitStore } from './postgres-limit-store.ts';
import { createRedisLimitStore } from './redis-limit-store.ts';

let database: TestDatabase;
let redis: TestRedis | undefined;
let link: RedisLink | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  if (!hasRedis) return;
  redis = await startTestRedis();
  link = openRedisLink({ url: redis.url });
  await link.tried;
});
afterAll(async () => {
  await link?.close();
  await redis?.[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function redisLink(): RedisLink {
  if (!link) throw new Error(withRedis);
  return link;
}

const inRedis = (command: string) =>
  redisLink().run((client) => client.eval(`return redis.call('${command}')`, { keys: [], arguments: [] }));

interface Adapter {
  name: string;
  isThere: boolean;
  createStore: () => LimitStore;
  /** What the clock would do: the window of every counter is over. */
  endWindows: () => Promise<unknown>;
}

const postgresAdapter: Adapter = {
  name: 'PostgreSQL',
  isThere: true,
  createStore: () => createPostgresLimitStore(database.db),
  endWindows: async () => database.db.update(rateLimits).set({ expire: 0 }),
};
const redisAdapter: Adapter = {
  name: withRedis,
  isThere: hasRedis,
  createStore: () => createRedisLimitStore(redisLink()),
  endWindows: () => inRedis('FLUSHALL'),
};

let names = 0;

/** Two processes with a budget of their own. `asked` counts how often they asked the store. */
function twoProcessesOn(kept: LimitStore, options: Partial<LimitOptions> = {}) {
  const asked = { times: 0 };
  const store: LimitStore = {
    take: (...args) => (asked.times++, kept.take(...args)),
    giveBack: (...args) => kept.giveBack(...args),
  };
  const name = `limit${++names}`;
  const make = () => createLimit({ store, name, rate: { points: 5, windowSeconds: 60 }, what: 'attempts', ...options });
  return { one: make(), other: make(), asked, name };
}

describe.for([postgresAdapter, redisAdapter])('$name', ({ isThere, createStore, endWindows }) => {
  const twoProcesses = (options: Partial<LimitOptions> = {}) => twoProcessesOn(createStore(), options);

  test.runIf(isThere)('50 at once on two processes: exactly as many as the budget has', async () => {
    const { one, other } = twoProcesses();
    const outcomes = await outcomesOf(times(50, (i) => (i % 2 ? one : other).consume('ann')));
    expect(countOf(outcomes, 'OK')).toBe(5);
    expect(countOf(outcomes, 'RATE_LIMITED')).toBe(45);
    expect(await outcomeOf(one.consume('bob')), 'another key').toBe('OK');
  });

  test.runIf(isThere)('in blocks too: never more, and one process alone gets all of it', async () => {
    const { one, asked } = twoProcesses({ rate: { points: 100, windowSeconds: 60 }, block: 30 });
    const outcomes = await outcomesOf(times(300, () => one.consume('ann')));
    expect(countOf(outcomes, 'OK')).toBe(100);
    expect(asked.times).toBeLessThanOrEqual(5);

    const { one: first, other } = twoProcesses({ rate: { points: 100, windowSeconds: 60 }, block: 30 });
    const shared = await outcomesOf(times(300, (i) => (i % 2 ? first : other).consume('ann')));
    expect(countOf(shared, 'OK')).toBe(100);
  });

  test.runIf(isThere)('a refusal says how long to wait, and which budget it was', async () => {
    const { one, name } = twoProcesses({ rate: { points: 1, windowSeconds: 60 } });
    await one.consume('ann');
    await expect(one.consume('ann')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Too many attempts. Try again in 60 s.',
      retryAfterSeconds: 60,
      headers: { ratelimit: `"${name}"; r=0; t=60`, 'ratelimit-policy': `"${name}"; q=1; w=60` },
    });
  });

  test.runIf(isThere)('a window that is over leaves nothing behind, whatever was refused in it', async () => {
    const clock = { now: 0 };
    const { one } = twoProcesses({ now: () => clock.now });
    await outcomesOf(times(20, () => one.consume('ann')));
    expect(await outcomeOf(one.consume('ann'))).toBe('RATE_LIMITED');
    await endWindows();
    clock.now += 60_000;
    const outcomes = await outcomesOf(times(20, () => one.consume('ann')));
    expect(countOf(outcomes, 'OK')).toBe(5);
  });

  test.runIf(isThere)('a flood of refused calls asks the store once a second', async () => {
    const clock = { now: 0 };
    const { one, asked } = twoProcesses({ now: () => clock.now });
    await outcomesOf(times(6, () => one.consume('ann')));
    const before = asked.times;
    for (let i = 0; i < 100; i++) expect(await outcomeOf(one.consume('ann'))).toBe('RATE_LIMITED');
    expect(asked.times).toBe(before);
    clock.now += 1_000;
    expect(await outcomeOf(one.consume('ann'))).toBe('RATE_LIMITED');
    expect(asked.times).toBe(before + 1);
  });

  test.runIf(isThere)(
    'what is given back can be taken once more, on the other process after a second at the latest',
    async () => {
      const clock = { now: 0 };
      const { one, other } = twoProcesses({ now: () => clock.now });
      await outcomesOf(times(20, (i) => (i % 2 ? one : other).consume('ann')));
      await one.giveBack('ann');
      expect(await outcomeOf(other.consume('ann'))).toBe('RATE_LIMITED');
      clock.now += 1_000;
      expect(await outcomeOf(other.consume('ann'))).toBe('OK');
      expect(await outcomeOf(one.consume('ann'))).toBe('RATE_LIMITED');
    },
  );

  test.runIf(isThere)('what is given back can be taken once more, here at once', async () => {
    const { one } = twoProcesses({ now: () => 0 });
    await outcomesOf(times(6, () => one.consume('ann')));
    await one.giveBack('ann');
    expect(await outcomeOf(one.consume('ann'))).toBe('OK');
    expect(await outcomeOf(one.consume('ann'))).toBe('RATE_LIMITED');
  });

  test.runIf(isThere)('what is left of a block is worth nothing in the next window', async () => {
    const clock = { now: 0 };
    const { one } = twoProcesses({ rate: { points: 10, windowSeconds: 60 }, block: 4, now: () => clock.now });
    await one.consume('ann');
    await endWindows();
    clock.now += 60_000;
    expect(countOf(await outcomesOf(times(20, () => one.consume('ann'))), 'OK')).toBe(10);
  });

  test.runIf(isThere)('to give back to a window that is over adds nothing to the next', async () => {
    const { one } = twoProcesses();
    await one.consume('ann');
    await endWindows();
    await one.giveBack('ann');

    const outcomes = await outcomesOf(times(10, () => one.consume('ann')));
    expect(countOf(outcomes, 'OK')).toBe(5);
  });

  test.runIf(isThere)('a window ends by the clock of the store, and a new one begins', async () => {
    const store = createStore();
    const rate = { points: 1, windowSeconds: 1 };
    const first = await store.take(`clock${++names}`, 2, rate);
    expect(first).toMatchObject({ granted: 1, remaining: 0 });
    expect(first.resetsInMs).toBeGreaterThan(0);
    expect(first.resetsInMs).toBeLessThanOrEqual(1_000);
    await expect.poll(async () => (await store.take(`clock${names}`, 1, rate)).granted, { timeout: 5_000 }).toBe(1);
  });
});

test('PostgreSQL: to give back to a window that is over changes nothing', async () => {
  const { one, name } = twoProcessesOn(postgresAdapter.createStore());
  await one.consume('ann');
  await postgresAdapter.endWindows();
  await one.giveBack('ann');
  const [row] = await database.db
    .select({ points: rateLimits.points })
    .from(rateLimits)
    .where(eq(rateLimits.key, `${name}:ann`));
  expect(row).toEqual({ points: 1 });
});

test('where the store does not answer nothing is let through', async () => {
  const away = new Error('the store is away');
  const store: LimitStore = { take: () => Promise.reject(away), giveBack: () => Promise.reject(away) };
  const limit = createLimit({ store, name: 'x', rate: { points: 5, windowSeconds: 60 }, what: 'attempts' });
  await expect(limit.consume('ann')).rejects.toBe(away);
  await expect(limit.consume('ann')).rejects.toBe(away);
});

test('what the first store does not answer is counted in the second, and what neither does is refused', async () => {
  const away = new Error('the store is away');
  const gone: LimitStore = { take: () => Promise.reject(away), giveBack: () => Promise.reject(away) };
  const { one, other } = twoProcessesOn(createFallbackLimitStore(gone, postgresAdapter.createStore()));
  const outcomes = await outcomesOf(times(20, (i) => (i % 2 ? one : other).consume('ann')));
  expect(countOf(outcomes, 'OK')).toBe(5);
  const { one: lost } = twoProcessesOn(createFallbackLimitStore(gone, gone));
  await expect(lost.consume('ann')).rejects.toBe(away);
});
