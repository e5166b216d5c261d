import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '@taskmaster/database';
import type { RedisClientType } from '@redis/client';
import type { RealtimeLog } from '../realtime/realtime-log.ts';

export type RedisClient = Pick<RedisClientType, 'eval' | 'publish' | 'subscribe'>;

export interface RedisLink {
  /** Runs a command on the connection that lives. Rejects at once where there is none, and after `deadlineMs`. */
  run: <Result>(command: (client: RedisClient) => Promise<Result>) => Promise<Result>;
  /** Resolves when the first attempt to connect has ended, well or not. */
  tried: Promise<void>;
  close: () => Promise<void>;
}

export interface RedisLinkOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://`. */
  url: string;
  log?: RealtimeLog | undefined;
  /** Called on every new connection, before it is used for anything else. */
  onConnect?: (client: RedisClient) => Promise<void>;
  /** Between two signs of life that are asked for; half of that is the patience for one. Default 4,000. */
  heartbeatMs?: number;
}

const retryMs = { first: 50, longest: 1_000 } as const;
const connectMs = 3_000;
const deadlineMs = 1_000;

/**
 * One connection to Redis that is made again for as long as it takes. The library's own way back keeps commands for
 * later and notices no line that has gone silent; here a command fails at once, and a ping finds out.
 */
export function openRedisLink({ url, log, onConnect, heartbeatMs = 4_000 }: RedisLinkOptions): RedisLink {
  const closing = new AbortController();
  const state: { live?: RedisClient | undefined; isReported: boolean } = { isReported: false };
  const { promise: tried, resolve: hasTried } = Promise.withResolvers<void>();
  const running = keepConnected();

  async function keepConnected(): Promise<void> {
    let delayMs: number = retryMs.first;
    while (!closing.signal.aborted) {
      try {
        await holdOne(() => {
          delayMs = retryMs.first;
        });
      } catch (error) {
        report(error);
      }
      hasTried();
      await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, retryMs.longest);
    }
  }

  /** Rejects when the connection could not be made or is lost; resolves when the link is closed. */
  async function holdOne(onUp: () => void): Promise<void> {
    // Only who sets BUS_URL pays for it: it loads every command that Redis has.
    const { createClient } = await import('@redis/client');
    const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: false } });
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    client.on('error', lost.reject);
    const ended = new AbortController();
    const stop = AbortSignal.any([closing.signal, ended.signal]);
    try {
      await Promise.race([withDeadline(client.connect(), connectMs), aborted(stop)]);
      if (closing.signal.aborted) return;
      await withDeadline(onConnect?.(client) ?? Promise.resolve(), connectMs);
      state.live = client;
      onUp();
      hasTried();
      if (state.isReported) log?.info({}, 'Redis is back');
      state.isReported = false;
      await Promise.race([lost.promise, beat(client, stop)]);
    } finally {
      state.live = undefined;
      ended.abort();
      client.destroy();
    }
  }

  async function beat(client: RedisClientType, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await sleep(heartbeatMs, undefined, { signal: stop }).catch(() => undefined);
      if (!stop.aborted) await withDeadline(client.ping(), heartbeatMs / 2);
    }
  }

  function report(error: unknown): void {
    if (closing.signal.aborted || state.isReported) return;
    state.isReported = true;
    log?.warn(
      { code: codeOf(error) },
      'Redis is away: until it is back, wake-ups come from the poll, and limits are counted in PostgreSQL',
    );
  }

  return {
    async run(command) {
      if (!state.live) throw new RedisUnavailableError('Redis is away');
      return withDeadline(command(state.live), deadlineMs);
    },
    tried,
    async close() {
      closing.abort();
      await running;
    },
  };
}

class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Never the message: it may hold the address with its password. */
const codeOf = (error: unknown) =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.name) : typeof error;
