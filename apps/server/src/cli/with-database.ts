import type { DatabaseConnection } from '@taskmaster/database';
import type { Migrator } from '@taskmaster/database/migrations';
import type { OpenDatabase } from '../database/open-database.ts';
import { openDatabase } from '../database/open-database.ts';
import { readEnv } from '../env.ts';
import { createLogger } from '../logger.ts';

/** Works beside a running server, whose embedded PostgreSQL it then uses. */
async function withDatabase<Result>(work: (database: OpenDatabase) => Promise<Result>): Promise<Result> {
  const env = readEnv();
  // Standard output is the command's own: `--json` is read by programs.
  const database = await openDatabase(env, createLogger({ DEBUG: false, LOG_LEVEL: 'silent' }), 'guest');
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

export const withMigrator = <Result>(work: (migrator: Migrator) => Promise<Result>) =>
  withDatabase(({ migrator }) => work(migrator));

/** A migrated database: what is pending is applied first, as a server does at its start. */
export const withConnection = <Result>(work: (connection: DatabaseConnection) => Promise<Result>) =>
  withDatabase(async ({ migrator, connect }) => {
    await migrator.up();
    const connection = await connect({ applicationName: 'taskmaster-cli', isPatient: true });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  });
