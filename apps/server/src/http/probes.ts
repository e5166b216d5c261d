import type { Request, RequestHandler, Response } from 'express';
import type { Metrics } from '../metrics.ts';

export interface Readiness {
  /** Whether to send requests here: the database answers, every migration is applied, the load is not high, the server is not stopping. */
  isReady: () => Promise<boolean>;
  isStopping: () => boolean;
}

const send = (res: Response, status: number, body: object) => {
  res.setHeader('cache-control', 'no-store');
  if (status === 503) res.setHeader('retry-after', '1');
  res.status(status).json(body);
};

/** `GET /healthz`: the process is up, whatever the database does: a restart would not mend that. */
export const healthz: RequestHandler = (_req, res) => send(res, 200, { status: 'ok' });

export function readyz({ isReady }: Readiness): RequestHandler {
  return async (_req, res) => {
    const ready = await isReady();
    send(res, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
  };
}

export function metricsPage(metrics: Metrics): RequestHandler {
  return async (_req: Request, res: Response) => {
    res.setHeader('cache-control', 'no-store');
    res.setHeader('content-type', metrics.contentType);
    res.send(await metrics.text());
  };
}
