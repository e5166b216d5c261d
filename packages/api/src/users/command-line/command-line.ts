import { AppError } from '@taskmaster/core/errors';
import type { Transaction } from '@taskmaster/database';
import type { Recorder } from '../../activity/activity.repository.ts';
import { findNamed } from '../users.repository.ts';
import type { UserRow } from '../users.repository.ts';

/** What the rows of the command line say about where they come from. A running server finds them by itself. */
export const commandLine: Recorder = {
  request_id: 'command-line',
  ip_address: null,
  user_agent: null,
  by: 'command line',
};

/** Throws `USER_NOT_FOUND`, in words for the one who typed the name. */
export async function loadNamed(tx: Transaction, name: string): Promise<UserRow> {
  const user = await findNamed(tx, name);
  if (user) return user;
  throw new AppError('USER_NOT_FOUND', { detail: `there is no user with the id, e-mail address or username ${name}` });
}
