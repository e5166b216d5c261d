import { createLogger } from '../logger.ts';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';

/** pino's number for `error`. */
const errorLevel = 50;

export interface TestLog {
  logger: Logger;
  /** Every line, as it would stand on standard output. */
  lines: string[];
  /** Takes the lines of level error and above: a test that expects some takes them, all others must leave none. */
  takeFaults: () => string[];
}

/** The logger of production, which writes into memory. */
export function createTestLog(env: Pick<Env, 'DEBUG' | 'LOG_LEVEL'>): TestLog {
  const lines: string[] = [];
  let faults: string[] = [];
  const logger = createLogger(env, {
    write(line) {
      lines.push(line.trimEnd());
      const entry: unknown = JSON.parse(line);
      const isFault =
        typeof entry === 'object' && entry !== null && 'level' in entry && Number(entry.level) >= errorLevel;
      if (isFault) faults.push(line.trimEnd());
    },
  });
  return {
    logger,
    lines,
    takeFaults() {
      const taken = faults;
      faults = [];
      return taken;
    },
  };
}
