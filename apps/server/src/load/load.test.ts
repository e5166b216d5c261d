import { getHeapStatistics } from 'node:v8';
import { AppError } from '@taskmaster/core/errors';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLoad } from './load.ts';
import type { Vitals } from './vitals.ts';
import { watchVitals } from './vitals.ts';

const limits = { eventLoopDelayMs: 100, memoryShare: 0.9, requests: 10 };
const well: Vitals = { eventLoopDelayMs: 0, memoryShare: 0.1 };

const none = { event_loop: 0, memory: 0, requests: 0, address: 0 };
const create = (vitals: Partial<Vitals> = {}) => createLoad({ limits, vitals: () => ({ ...well, ...vitals }) });

afterEach(() => void vi.restoreAllMocks());

const unavailable = (work: () => unknown) => {
  expect(work).toThrow(AppError);
  expect(work).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
};

describe('high, and then too high:', () => {
  test.each([
    ['event_loop', { eventLoopDelayMs: 85 }, { eventLoopDelayMs: 86 }, { eventLoopDelayMs: 101 }],
    ['memory', { memoryShare: 0.76 }, { memoryShare: 0.77 }, { memoryShare: 0.91 }],
  ] as const)('%s', (reason, fine, high, tooHigh) => {
    expect(create(fine).isHigh()).toBe(false);
    const atHigh = create(high);
    expect(atHigh.isHigh()).toBe(true);
    atHigh.check();
    atHigh.enter('192.0.2.1');
    const beyond = create(tooHigh);
    unavailable(beyond.check);
    unavailable(() => beyond.enter('192.0.2.1'));
    expect(beyond.stats()).toEqual({ requests: 0, shed: { ...none, [reason]: 4 } });
  });

  test('requests', () => {
    const load = create();
    const leaves = Array.from({ length: 8 }, (_, n) => load.enter(`192.0.2.${n}`));
    expect(load.isHigh()).toBe(false);
    leaves.push(load.enter('192.0.2.8'));
    expect(load.isHigh()).toBe(true);
    leaves.push(load.enter('192.0.2.9'));
    unavailable(() => load.enter('192.0.2.10'));
    expect(load.stats()).toEqual({ requests: 10, shed: { ...none, requests: 2 } });
    for (const leave of leaves) leave();
    expect([load.stats().requests, load.isHigh()]).toEqual([0, false]);
    load.enter('192.0.2.10');
  });
});

test('one address has half of all requests at most, an IPv6 household as one', () => {
  const load = create();
  const leaves = Array.from({ length: 5 }, (_, n) => load.enter(`2001:db8:1:2::${n}`));
  unavailable(() => load.enter('2001:db8:1:2:ffff::1'));
  expect(load.stats()).toEqual({ requests: 5, shed: { ...none, address: 2 } });
  load.enter('2001:db8:1:3::1');
  leaves[0]?.();
  load.enter('2001:db8:1:2::9');
});

test.each([
  [0, 1],
  [0.99, 3],
])('who is refused comes back at another moment than the others: at %d of it after %i s', (random, seconds) => {
  vi.spyOn(Math, 'random').mockReturnValue(random);
  const { check } = create({ memoryShare: 1 });
  expect(check).toThrow(expect.objectContaining({ retryAfterSeconds: seconds }));
});

describe('the share of memory', () => {
  const memoryShareOf = (options: Parameters<typeof watchVitals>[0] = {}) => {
    const vitals = watchVitals(options);
    vitals.stop();
    return vitals.read().memoryShare;
  };

  test("is that of V8's heap, however much the container has", () => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    expect(memoryShareOf({ memoryLimitBytes: Number.MAX_SAFE_INTEGER })).toBeGreaterThan(
      (0.5 * used_heap_size) / heap_size_limit,
    );
  });

  test('is that of the container, where that has a limit', () => {
    const limit = vi.spyOn(process, 'constrainedMemory').mockReturnValue(process.memoryUsage.rss());
    expect(memoryShareOf()).toBeGreaterThan(0.8);
    // None, and what some systems say instead.
    for (const unlimited of [0, 2 ** 64]) {
      limit.mockReturnValue(unlimited);
      expect(memoryShareOf()).toBeLessThan(0.8);
    }
  });
});

test('memory that is really taken is seen', async () => {
  const before = process.memoryUsage.rss();
  const vitals = watchVitals({ sampleEveryMs: 10, memoryLimitBytes: before + 200 * 2 ** 20 });
  const ballast = Buffer.alloc(160 * 2 ** 20, 1);
  await expect
    .poll(() => vitals.read().memoryShare)
    .toBeGreaterThan((before + 100 * 2 ** 20) / (before + 200 * 2 ** 20));
  expect(ballast.length).toBeGreaterThan(0);
  vitals.stop();
});
