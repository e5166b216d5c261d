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
  return destination ? pino(options, destination) : pino(options);
}
