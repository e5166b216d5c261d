import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { once } from '../once.ts';
import { prepare } from './prepare.ts';
import { serve } from './serve.ts';
import { urlOf } from './url-of.ts';

export interface RunningServer {
  /** `http://host:port`. */
  url: string;
  /** For the operator: where the data is. */
  whereabouts: string;
  /**
   * Readiness goes down first; then no new connection is taken, sockets close with 1001, and requests in flight have
   * seconds to finish. The database stops last. Stopping twice is stopping once.
   */
  stop: () => Promise<void>;
}

/** The whole system in this process. Throws what kept it from starting, with nothing left running. */
export async function startServer(env: Env, log: Logger): Promise<RunningServer> {
  await using starting = new AsyncDisposableStack();
  const { secrets, database } = await prepare(env, log);
  starting.defer(database.close);
  const { port } = starting.use(await serve({ env, log, secrets, database, metrics: createMetrics() }));
  const started = starting.move();
  return {
    url: urlOf(env.HOST, port),
    whereabouts: database.whereabouts,
    stop: once(() => started.disposeAsync()),
  };
}
