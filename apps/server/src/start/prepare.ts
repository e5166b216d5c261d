import { checkFolder } from './check-folder.ts';
import type { OpenDatabase } from '../database/open-database.ts';
import { openDatabase } from '../database/open-database.ts';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import type { Secrets } from './secrets.ts';
import { loadSecrets } from './secrets.ts';

export interface Prepared {
  secrets: Secrets;
  database: OpenDatabase;
}

/** What is done once for all processes of a server: keys, folders, the database and its migrations. */
export async function prepare(env: Env, log: Logger): Promise<Prepared> {
  const secrets = await loadSecrets(env, (message) => log.warn(message));
  await checkFolder('UPLOAD_DIR', env.UPLOAD_DIR);
  const database = await openDatabase(env, log, 'server');
  try {
    const applied = await database.migrator.up();
    for (const { name } of applied) log.info({ migration: name }, 'migration applied');
  } catch (error) {
    await database.close();
    throw error;
  }
  return { secrets, database };
}
