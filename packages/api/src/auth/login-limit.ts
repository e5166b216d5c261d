import { AppError } from '@taskmaster/core/errors';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Sql } from 'postgres';

export interface LoginLimit {
  /** Counts one attempt, before any password is looked at. Throws `RATE_LIMITED`. */
  consume: (address: string) => Promise<void>;
}

export interface LoginLimitOptions {
  sql: Sql;
  points: number;
  windowSeconds: number;
}

/** One budget per address for REST, typed RPC, batches and every process: it is counted in PostgreSQL. */
export function createLoginLimit({ sql, points, windowSeconds }: LoginLimitOptions): LoginLimit {
  const limiter = new RateLimiterPostgres({
    storeClient: {
      query: async ({ text, values }: { text: string; values: Array<string | number> }) => ({
        rows: await sql.unsafe(text, values, { prepare: true }),
      }),
    },
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: 'login',
    points,
    duration: windowSeconds,
  });
  return {
    async consume(address) {
      try {
        await limiter.consume(bucketOf(address));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw refusal(error, points, windowSeconds);
      }
    },
  };
}

function refusal(state: RateLimiterRes, points: number, windowSeconds: number) {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  return new AppError('RATE_LIMITED', {
    detail: `Too many logins from this address. Try again in ${seconds} s.`,
    retryAfterSeconds: seconds,
    headers: {
      ratelimit: `"login"; r=${state.remainingPoints}; t=${seconds}`,
      'ratelimit-policy': `"login"; q=${points}; w=${windowSeconds}`,
    },
  });
}

/** IPv6 by /64, what one household gets; an IPv4-mapped IPv6 address counts as its IPv4 address. */
export function bucketOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back]
    : front;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
