import { networkOf } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Problems } from './problems.ts';
import { scopeOf } from './request-scope.ts';

export interface OuterLimitOptions {
  points: number;
  windowSeconds: number;
  problems: Problems;
}

/** The outer wall: so many requests an address and process, whatever they ask. What matters is counted in PostgreSQL. */
export function outerLimit({ points, windowSeconds, problems }: OuterLimitOptions): RequestHandler {
  return rateLimit({
    windowMs: windowSeconds * 1000,
    limit: points,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'all',
    keyGenerator: (req) => networkOf(scopeOf(req).ip_address ?? ''),
    handler: (req, res) => problems.send(new AppError('RATE_LIMITED'), req, res),
    // The address is ours to determine (`TRUST_PROXY_HOPS`): its checks of Express's own setting do not apply.
    validate: false,
  });
}
