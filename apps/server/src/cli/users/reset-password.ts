import { parseArgs } from 'node:util';
import { createPasswords, resetPassword } from '@taskmaster/api';
import { newPassword } from '../new-password.ts';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

/** `users reset-password USER [--password …]` */
export async function resetPasswordCommand(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { password: { type: 'string' } },
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UsageError('users reset-password takes one user');
  const password = await newPassword(values.password);
  await withConnection(async ({ db }) => {
    const user = await resetPassword({ db, passwords: await createPasswords() }, name, password);
    const state = user.is_active ? '' : ' The user is not active.';
    console.log(`${user.username} <${user.email}> has a new password: all sessions have ended.${state}`);
  });
}
