import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Env } from './env.ts';

export type { Logger };

/** One JSON object a line on standard output. What is logged is chosen field by field: no header, body or query is. */
export function createLogger(env: Pick<Env, 'DEBUG' | 'LOG_LEVEL'>): Logger {
  return pino({
    level: env.LOG_LEVEL ?? (env.DEBUG ? 'debug' : 'info'),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
