import { fileURLToPath } from 'node:url';
import type { DatabaseConnection } from '@taskmaster/database';
import { appRole, canActAsApp, connectDatabase } from '@taskmaster/database';
import { attachEmbeddedPostgres, startEmbeddedPostgres } from '@taskmaster/database/embedded';
import { migrate } from '@taskmaster/database/migrations';
import type { Migrator } from '@taskmaster/database/migrations';
import type { Env } from '../env.ts';
import { EnvError } from '../env.ts';
import type { Logger } from '../logger.ts';
import { shareOf } from '../start/share-of.ts';

interface PoolOptions {
  applicationName?: string;
  maxConnections?: number;
  /** For who turns the statement timeout off: no silence of the database is too long. Default false. */
  isPatient?: boolean;
}

export interface OpenDatabase {
  /** For the operator: where the data is, without a password. */
  whereabouts: string;
  /** For who serves requests. */
  url: string;
  /** For who migrates; the same, where there is but one user. */
  ownerUrl: string;
  migrator: Migrator;
  /** As the application's role, of a migrated database. Throws `EnvError` where that role cannot be had and has to. */
  connect: (options?: PoolOptions) => Promise<DatabaseConnection>;
  /** Stops the embedded PostgreSQL, if this process is the one to do it. */
  close: () => Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

/** PostgreSQL ends a statement by itself and says so: who has heard nothing for this much longer is not connected. */
const answerMarginSeconds = 3;

/** The PostgreSQL of `DATABASE_URL`; without one the embedded PostgreSQL, as its server or as a guest beside one. */
export async function openDatabase(env: Env, log: Logger, role: 'server' | 'guest'): Promise<OpenDatabase> {
  const embedded = env.DATABASE_URL === undefined ? await openEmbedded(env, log, role) : undefined;
  const url = embedded?.appUrl ?? env.DATABASE_URL ?? '';
  const ownerUrl = embedded?.url ?? env.MIGRATION_DATABASE_URL ?? url;
  let access: Promise<{ url: string; role?: string }> | undefined;
  return {
    whereabouts: embedded ? `${env.DATA_DIR} (embedded PostgreSQL)` : describe(url),
    url,
    ownerUrl,
    migrator: migrate({ url: ownerUrl, folder: migrationsFolder }),
    connect: async ({
      applicationName = 'taskmaster',
      maxConnections = shareOf(env.DATABASE_POOL_SIZE, env.PROCESSES, 2),
      isPatient = false,
    } = {}) => {
      access ??= embedded ? Promise.resolve({ url }) : restrict(env, url, log);
      return connectDatabase({
        ...(await access),
        applicationName,
        maxConnections,
        statementTimeoutSeconds: env.DATABASE_STATEMENT_TIMEOUT_SECONDS,
        queueTimeoutSeconds: env.DATABASE_QUEUE_TIMEOUT_SECONDS,
        ...(!isPatient && {
          answerTimeoutSeconds: env.DATABASE_STATEMENT_TIMEOUT_SECONDS + answerMarginSeconds,
        }),
        ...(env.DEBUG && { logSql: (sql: string) => log.debug({ sql }, 'sql') }),
      });
    },
    close: async () => embedded?.stop(),
  };
}

/** The owner of the tables serves requests only where it may not make the role, and nobody has made it. */
async function restrict(env: Env, url: string, log: Logger) {
  if (await canActAsApp(url)) return { url, role: appRole };
  const remedy = `GRANT ${appRole} TO "${new URL(url).username}"`;
  if (env.MIGRATION_DATABASE_URL !== undefined)
    throw new EnvError(`DATABASE_URL: its user may not act as the application's role (as an administrator: ${remedy})`);
  log.warn(
    `the database owner serves requests: it may not make the role ${appRole}. See "Database roles" in apps/server/deploy/README.md.`,
  );
  return { url };
}

function openEmbedded(env: Env, log: Logger, role: 'server' | 'guest') {
  const options = { dataDir: env.DATA_DIR, log: (message: string) => log.debug(message) };
  return role === 'server' ? startEmbeddedPostgres(options) : attachEmbeddedPostgres(options);
}

function describe(url: string) {
  const { host, pathname } = new URL(url);
  return `${host}${pathname} (PostgreSQL)`;
}
