import { fileURLToPath } from 'node:url';
import type { DatabaseConnection } from '@taskmaster/database';
import { connectDatabase } from '@taskmaster/database';
import { attachEmbeddedPostgres, startEmbeddedPostgres } from '@taskmaster/database/embedded';
import { migrate } from '@taskmaster/database/migrations';
import type { Migrator } from '@taskmaster/database/migrations';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import { shareOf } from '../share-of.ts';

export interface OpenDatabase {
  /** For the operator: where the data is, without a password. */
  whereabouts: string;
  url: string;
  migrator: Migrator;
  connect: (options?: { applicationName?: string; maxConnections?: number }) => DatabaseConnection;
  /** Stops the embedded PostgreSQL, if this process is the one to do it. */
  close: () => Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

/** The PostgreSQL of `DATABASE_URL`; without one the embedded PostgreSQL, as its server or as a guest beside one. */
export async function openDatabase(env: Env, log: Logger, role: 'server' | 'guest'): Promise<OpenDatabase> {
  const embedded = env.DATABASE_URL === undefined ? await openEmbedded(env, log, role) : undefined;
  const url = embedded?.url ?? env.DATABASE_URL ?? '';
  return {
    whereabouts: embedded ? `${env.DATA_DIR} (embedded PostgreSQL)` : describe(url),
    url,
    migrator: migrate({ url, folder: migrationsFolder }),
    connect: ({
      applicationName = 'taskmaster',
      maxConnections = shareOf(env.DATABASE_POOL_SIZE, env.PROCESSES, 2),
    } = {}) =>
      connectDatabase({
        url,
        applicationName,
        maxConnections,
        statementTimeoutSeconds: env.DATABASE_STATEMENT_TIMEOUT_SECONDS,
        queueTimeoutSeconds: env.DATABASE_QUEUE_TIMEOUT_SECONDS,
        ...(env.DEBUG && { logSql: (sql: string) => log.debug({ sql }, 'sql') }),
      }),
    close: async () => embedded?.stop(),
  };
}

function openEmbedded(env: Env, log: Logger, role: 'server' | 'guest') {
  const options = { dataDir: env.DATA_DIR, log: (message: string) => log.debug(message) };
  return role === 'server' ? startEmbeddedPostgres(options) : attachEmbeddedPostgres(options);
}

function describe(url: string) {
  const { host, pathname } = new URL(url);
  return `${host}${pathname} (PostgreSQL)`;
}
