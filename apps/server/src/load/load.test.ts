import { AppError } from '@taskmaster/core/errors';
import { describe, expect, test } from 'vitest';
import { createLoad } from './load.ts';
import type { Vitals } from './vitals.ts';
import { watchVitals } from './vitals.ts';

const limits = { eventLoopDelayMs: 100, memoryShare: 0.9, requests: 10 };
const well: Vitals = { eventLoopDelayMs: 0, memoryShare: 0.1 };

const none = { event_loop: 0, memory: 0, requests: 0, address: 0 };
const create = (vitals: Partial<Vitals> = {}) => createLoad({ limits, vitals: () => ({ ...well, ...vitals }) });

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
