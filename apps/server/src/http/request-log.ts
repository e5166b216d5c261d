import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { openScope } from './request-scope.ts';

export interface RequestLogOptions {
  log: Logger;
  metrics: Metrics;
  trustedHops: number;
}

/** One line a request when it is over. The path comes without its query, where a token may stand. */
export function requestLog({ log, metrics, trustedHops }: RequestLogOptions): RequestHandler {
  return (req, res, next) => {
    const scope = openScope(req, trustedHops);
    // As it came: typed RPC makes a GET of a HEAD.
    const { method } = req;
    const path = req.originalUrl.split('?', 1)[0];
    res.setHeader('x-request-id', scope.request_id);
    res.once('close', () => {
      const { request_id, user_id, procedure, started_at } = scope;
      const duration_ms = Math.round((performance.now() - started_at) * 10) / 10;
      const status = res.writableFinished ? res.statusCode : 499;
      metrics.request({ procedure: procedure ?? 'none', method, status, seconds: duration_ms / 1000 });
      log.info({ request_id, user_id, procedure, method, path, status, duration_ms }, 'request');
    });
    next();
  };
}
