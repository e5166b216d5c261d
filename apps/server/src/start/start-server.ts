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
  const { secrets, database } = await prepare(env, log);
  try {
    const { port, stop } = await serve({ env, log, secrets, database, metrics: createMetrics() });
    return {
      url: urlOf(env.HOST, port),
      whereabouts: database.whereabouts,
      stop: once(async () => {
        await stop();
        await database.close();
      }),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
