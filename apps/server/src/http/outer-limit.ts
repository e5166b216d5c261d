import { networkOf, rateLimited } from '@taskmaster/api';
import type { LimitStore } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';
import { MemoryStore, rateLimit } from 'express-rate-limit';
import { createSharedStore } from './shared-store.ts';
import type { Problems } from './problems.ts';
import { scopeOf } from './request-scope.ts';

export interface OuterLimitOptions {
  points: number;
  windowSeconds: number;
  problems: Problems;
  /** Where all processes count together; without it each counts for itself. */
  shared?: LimitStore | undefined;
}

export interface OuterLimit {
  requests: RequestHandler;
  /** Counts an upgrade, which passes Express by, as one request more of its address. Throws `RATE_LIMITED`. */
  countUpgrade: (address: string | null) => Promise<void>;
}

const name = 'all';
const keyOf = (address: string | null) => networkOf(address ?? '');

/** The outer wall: so many requests an address, whatever they ask. What matters is counted by its own limit. */
export function createOuterLimit({ points, windowSeconds, problems, shared }: OuterLimitOptions): OuterLimit {
  const store = shared ? createSharedStore(shared, { points, windowSeconds }) : new MemoryStore();
  const requests = rateLimit({
    windowMs: windowSeconds * 1000,
    limit: points,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: name,
    keyGenerator: (req) => keyOf(scopeOf(req).ip_address),
    store,
    handler: (req, res) => problems.send(new AppError('RATE_LIMITED'), req, res),
    // The address is ours to determine (`TRUST_PROXY_HOPS`): its checks of Express's own setting do not apply.
    validate: false,
  });
  return {
    requests,
    async countUpgrade(address) {
      const { totalHits, resetTime } = await store.increment(keyOf(address));
      if (totalHits <= points) return;
      const endsInMs = resetTime === undefined ? windowSeconds * 1000 : resetTime.getTime() - Date.now();
      throw rateLimited({ name, rate: { points, windowSeconds }, endsInMs });
    },
  };
}
