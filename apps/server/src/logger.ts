import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Env } from './env.ts';

export type { Logger };

/**
 * One JSON object a line, on standard output unless told otherwise. What is logged is chosen field by field: no header, body
 * or query is.
 */
export function createLogger(env: Pick<Env, 'DEBUG' | 'LOG_LEVEL'>, destination?: DestinationStream): Logger {
  const options = {
    level: env.LOG_LEVEL ?? (env.DEBUG ? 'debug' : 'info'),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return pino(options, destination ?? standardOutput());
}

/**
 * Where nobody watches, lines are written a few kilobytes at a time, at the latest after a second and at the end of the
 * process: a write of its own for each request is a tenth of its cost.
 */
function standardOutput(): DestinationStream {
  if (process.stdout.isTTY) return pino.destination({ dest: 1, sync: true });
  return pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 1000 });
}
