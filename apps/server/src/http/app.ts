import { AppError } from '@taskmaster/core/errors';
import type { RestHandler } from '@taskmaster/rest';
import cors from 'cors';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { checkHost } from './host.ts';
import type { Readiness } from './probes.ts';
import { healthz, metricsPage, readyz } from './probes.ts';
import type { Problems } from './problems.ts';
import { requestLog } from './request-log.ts';
import { restBasePath } from './rest.ts';
import { notCached, securityHeaders } from './security-headers.ts';

export interface AppOptions {
  rest: RestHandler;
  rpc: RequestHandler;
  limit: RequestHandler;
  docs: RequestHandler;
  readiness: Readiness;
  metrics: Metrics;
  problems: Problems;
  log: Logger;
  allowedOrigins: readonly string[];
  /** Empty: any. */
  allowedHosts: readonly string[];
  trustedHops: number;
  isProduction: boolean;
}

const exposedHeaders = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];

/** The HTTP surface as one Express app. It does not listen: `startServer` does, and tests need not. */
export function createApp(options: AppOptions): Express {
  const { rest, rpc, docs, limit, readiness, metrics, problems, allowedOrigins, allowedHosts } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Neither surface reads Express's parsed query: each parses its own, once.
  app.set('query parser', false);

  app.use(requestLog(options));
  app.use(securityHeaders(options));
  app.use((_req, res, next) => {
    // A connection that a busy client keeps alive would else be cut off at the end, maybe under a request.
    if (readiness.isStopping()) res.setHeader('connection', 'close');
    next();
  });
  app.get('/healthz', healthz);
  app.get('/readyz', readyz(readiness));
  app.get('/metrics', metricsPage(metrics));
  // After the probes, which are asked for by address.
  app.use((req, _res, next) => {
    checkHost(req, allowedHosts);
    next();
  });
  // Never with credentials: tokens travel in a header, and a page of any origin may bring its own.
  const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
  app.use(cors({ origin, exposedHeaders, maxAge: 600 }));
  // After CORS, or a page could not read that it asks too often.
  app.use(limit);
  app.use('/trpc', notCached, onlyJson, rpc);
  app.use(`${restBasePath}/docs`, docs);
  app.use(restBasePath, notCached, (req, res) => rest.handle(req, res));
  app.use((req, res) => problems.send(new AppError('ROUTE_NOT_FOUND'), req, res));

  // Four parameters are what makes it Express's error handler.
  const onError: ErrorRequestHandler = (error, req, res, _next) =>
    problems.send(isBadUrl(error) ? new AppError('MALFORMED_PATH') : error, req, res);
  app.use(onError);
  return app;
}

/** tRPC would also run a mutation on bytes or a form, and hand the stream itself to it. */
const onlyJson: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'];
  const isJson = type === undefined || /^application\/json\s*(;|$)/i.test(type);
  next(isJson || req.method === 'GET' || req.method === 'HEAD' ? undefined : new AppError('UNSUPPORTED_MEDIA_TYPE'));
};

const isBadUrl = (error: unknown) => error instanceof URIError;
