import { parseArgs } from 'node:util';
import { eraseUser } from '@taskmaster/api';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

/** `users erase USER [--keep-teams]` */
export async function eraseCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { 'keep-teams': { type: 'boolean', default: false } },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('users erase takes one user');
  await withConnection(async ({ db }) => {
    const { id, wasErased } = await eraseUser(db, name, { keepsTeams: values['keep-teams'] });
    if (wasErased) return console.log(`${id} was erased already.`);
    console.log(`${id} has no name, no address and no password any more, and cannot log in.`);
  });
}
