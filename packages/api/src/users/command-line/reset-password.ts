import type { User } from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';
import { transaction } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { record } from '../../activity/activity.repository.ts';
import { refuseGuessablePassword } from '../../auth/guessable-passwords.ts';
import type { Passwords } from '../../auth/passwords.ts';
import { commandLine, loadNamed } from './command-line.ts';
import { endSessions } from '../end-sessions.ts';
import { presentUser } from '../users.presenter.ts';
import * as repository from '../users.repository.ts';

/**
 * From the command line, for who has forgotten it: nobody stays logged in. `name` is an id, e-mail address or username.
 * Throws `USER_NOT_FOUND`, `USER_ERASED` and, for a password that is guessed first, `VALIDATION_FAILED`.
 */
export async function resetPassword(
  { db, passwords }: { db: Database; passwords: Passwords },
  name: string,
  password: string,
): Promise<User> {
  const password_hash = await passwords.hash(password);
  const user = await transaction(db, async (tx) => {
    const { id, ...account } = await loadNamed(tx, name);
    refuseGuessablePassword('password', password, account);
    // A login with the old password that is under way is waited for, and its session ended with the others.
    const locked = await repository.lockById(tx, id);
    if (locked?.is_erased) throw new AppError('USER_ERASED');

    const updated = await repository.update(tx, id, { password_hash });

    await record(tx, commandLine, { action: 'user.password_changed', entity_type: 'user', entity_id: id });
    await endSessions(tx, commandLine, id, 'password_changed');
    return updated;
  });
  return presentUser(user);
}
