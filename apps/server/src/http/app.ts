import { AppError } from '@taskmaster/core/errors';
import type { RestHandler } from '@taskmaster/rest';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import type { Load } from '../load/load.ts';
import type { Metrics } from '../metrics.ts';
import { crossOrigin } from './cross-origin.ts';
import { checkHost } from './host.ts';
import { shedLoad } from './load-shedding.ts';
import type { Readiness } from './probes.ts';
import { onlyReading } from './only-reading.ts';
import { healthz, metricsPage, readyz } from './probes.ts';
import type { Problems } from './problems.ts';
import { requestLog } from './request-log.ts';
import { restBasePath } from './rest.ts';
import { rpcPath } from './rpc-path.ts';
import { notCached, securityHeaders } from './security-headers.ts';
import { strictHttp } from './strict-http.ts';

export interface AppOptions {
  rest: RestHandler;
  rpc: RequestHandler;
  limit: RequestHandler;
  load: Load;
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

/** The HTTP surface as one Express app. It does not listen: `serve` does, and tests need not. */
export function createApp(options: AppOptions): Express {
  const { rest, rpc, docs, limit, readiness, metrics, problems, allowedOrigins, allowedHosts } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // One spelling of each path: a rule of a proxy on it holds.
  app.enable('case sensitive routing');
  // Neither surface reads Express's parsed query: each parses its own, once.
  app.set('query parser', false);

  app.use(requestLog(options));
  app.use(securityHeaders(options));
  app.use((_req, res, next) => {
    // A connection that a busy client keeps alive would else be cut off at the end, maybe under a request.
    if (readiness.isStopping()) res.setHeader('connection', 'close');
    next();
  });
  app.use(strictHttp);
  app.route('/healthz').get(healthz).all(onlyReading);
  app.route('/readyz').get(readyz(readiness)).all(onlyReading);
  app.route('/metrics').get(metricsPage(metrics)).all(onlyReading);
  // After the probes, which are asked for by address.
  app.use((req, _res, next) => {
    checkHost(req, allowedHosts);
    next();
  });
  app.use(crossOrigin(allowedOrigins));
  // After CORS, or a page could not read that it asks too often.
  app.use(shedLoad(options.load));
  app.use(limit);
  app.use(rpcPath, notCached, rpc);
  app.use(`${restBasePath}/docs`, docs);
  app.use(restBasePath, notCached, (req, res) => rest.handle(req, res));
  app.use((req, res) => problems.send(new AppError('ROUTE_NOT_FOUND'), req, res));

  // Four parameters are what makes it Express's error handler.
  const onError: ErrorRequestHandler = (error, req, res, _next) =>
    problems.send(isBadUrl(error) ? new AppError('MALFORMED_PATH') : error, req, res);
  app.use(onError);
  return app;
}

const isBadUrl = (error: unknown) => error instanceof URIError;
