import { NewPassword } from '@taskmaster/core/contracts';
import { checkArgument } from './check-argument.ts';
import { readPassword } from './read-password.ts';

/** What was given as `--password`; asked for, or read from standard input, when it was left out. */
export const newPassword = async (given: string | undefined): Promise<string> =>
  checkArgument('--password', NewPassword, given ?? (await readPassword()));
