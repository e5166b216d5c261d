import { parseArgs } from 'node:util';
import { setRole } from '@taskmaster/api';
import { userRoles } from '@taskmaster/core/contracts';
import { z } from 'zod';
import { checkArgument } from '../check-argument.ts';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

const Role = z.enum(userRoles, { error: `is none of ${userRoles.join(', ')}` });

/** `users set-role USER ROLE` */
export async function setRoleCommand(args: string[]): Promise<void> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [name, wanted, ...rest] = positionals;
  if (name === undefined || wanted === undefined || rest.length > 0)
    throw new UsageError('users set-role takes a user and a role');
  const role = checkArgument('ROLE', Role, wanted);
  await withConnection(async ({ db }) => {
    const user = await setRole(db, name, role);
    console.log(`${user.username} <${user.email}> has the role ${user.role}.`);
  });
}
