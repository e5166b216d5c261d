import { parseArgs } from 'node:util';
import { createAdmin, createPasswords } from '@taskmaster/api';
import { Email, Username } from '@taskmaster/core/contracts';
import { checkArgument } from '../check-argument.ts';
import { newPassword } from '../new-password.ts';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

const options = { email: { type: 'string' }, username: { type: 'string' }, password: { type: 'string' } } as const;

/** `users create-admin --email … --username … [--password …]` */
export async function createAdminCommand(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  if (values.email === undefined || values.username === undefined)
    throw new UsageError('--email and --username are needed');
  const email = checkArgument('--email', Email, values.email);
  const username = checkArgument('--username', Username, values.username);
  const password = await newPassword(values.password);
  await withConnection(async ({ db }) => {
    const admin = await createAdmin({ db, passwords: await createPasswords() }, { email, username, password });
    console.log(`Admin ${admin.username} <${admin.email}> is ready to log in.`);
  });
}
