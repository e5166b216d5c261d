import { parseArgs } from 'node:util';
import { eraseUser } from '@taskmaster/api';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

/** `users erase USER` */
export async function eraseCommand(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('users erase takes one user');
  await withConnection(async ({ db }) => {
    const { id } = await eraseUser(db, name);
    console.log(`${id} has no name, no address and no password any more, and cannot log in.`);
  });
}
