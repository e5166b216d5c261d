import { createAdmin, createPasswords } from '@taskmaster/api';
import { RegisterInput } from '@taskmaster/core/contracts';
import { withConnection } from './with-database.ts';
import { readPassword } from './read-password.ts';
import { UsageError } from './usage-error.ts';

/** `users create-admin --email … --username … [--password …]`: the password from a prompt or standard input otherwise. */
export async function createAdminCommand(options: { email?: string; username?: string; password?: string }) {
  const { email, username } = options;
  if (email === undefined || username === undefined) throw new UsageError('--email and --username are needed');
  const password = options.password ?? (await readPassword());
  const input = RegisterInput.safeParse({ email, username, password });
  if (!input.success) {
    const [issue] = input.error.issues;
    throw new UsageError(`--${issue?.path.join('.')}: ${issue?.message}`);
  }
  await withConnection(async ({ db }) => {
    const admin = await createAdmin({ db, passwords: await createPasswords() }, input.data);
    console.log(`Admin ${admin.username} <${admin.email}> is ready to log in.`);
  });
}
