import { parseArgs } from 'node:util';
import { deactivateUser } from '@taskmaster/api';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

/** `users deactivate USER` */
export async function deactivateCommand(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('users deactivate takes one user');
  await withConnection(async ({ db }) => {
    const user = await deactivateUser(db, name);
    console.log(`${user.username} <${user.email}> is not active: all sessions have ended.`);
  });
}
