import { networkOf } from '@taskmaster/api';
import type { LimitStore } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
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

/** The outer wall: so many requests an address, whatever they ask. What matters is counted by its own limit. */
export function outerLimit({ points, windowSeconds, problems, shared }: OuterLimitOptions): RequestHandler {
  return rateLimit({
    windowMs: windowSeconds * 1000,
    limit: points,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'all',
    keyGenerator: (req) => networkOf(scopeOf(req).ip_address ?? ''),
    ...(shared && { store: createSharedStore(shared, { points, windowSeconds }) }),
    handler: (req, res) => problems.send(new AppError('RATE_LIMITED'), req, res),
    // The address is ours to determine (`TRUST_PROXY_HOPS`): its checks of Express's own setting do not apply.
    validate: false,
  });
}
