import cors from 'cors';
import type { Request, RequestHandler } from 'express';
import { replayedHeader } from './idempotency-key.ts';

const exposedHeaders = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  replayedHeader,
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];

/** What a browser asks before a page's request (Fetch, 4.8). Any other OPTIONS asks what the path takes. */
export const isPreflight = ({ method, headers }: Pick<Request, 'method' | 'headers'>) =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

/** Answers preflights, and says on every other answer which pages may read it. */
export function crossOrigin(allowedOrigins: readonly string[]): RequestHandler {
  // Never with credentials: tokens travel in a header, and a page of any origin may bring its own.
  const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
  const options = { origin, exposedHeaders, maxAge: 600 };
  // The package takes every OPTIONS for a preflight.
  return cors((req, callback) => callback(null, { ...options, preflightContinue: !isPreflight(req) }));
}
