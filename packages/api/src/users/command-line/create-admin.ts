import type { RegisterInput, User } from '@taskmaster/core/contracts';
import { transaction } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { uuidv7 } from 'uuidv7';
import { record } from '../../activity/activity.repository.ts';
import { refuseGuessablePassword } from '../../auth/guessable-passwords.ts';
import type { Passwords } from '../../auth/passwords.ts';
import { commandLine } from './command-line.ts';
import { refusingTakenNames } from '../name-conflict.ts';
import { presentUser } from '../users.presenter.ts';
import * as repository from '../users.repository.ts';

/**
 * The way to the first admin, from the command line: nobody becomes one by registering first. Throws `EMAIL_TAKEN`,
 * `USERNAME_TAKEN` and, for a password that is guessed first, `VALIDATION_FAILED`.
 */
export async function createAdmin(
  { db, passwords }: { db: Database; passwords: Passwords },
  { password, ...input }: RegisterInput,
): Promise<User> {
  refuseGuessablePassword('password', password, input);
  const password_hash = await passwords.hash(password);
  const admin = await refusingTakenNames(
    transaction(db, async (tx) => {
      const inserted = await repository.insert(tx, { id: uuidv7(), ...input, password_hash, role: 'admin' });
      const details = { role: 'admin' };
      await record(tx, commandLine, {
        action: 'user.registered',
        entity_type: 'user',
        entity_id: inserted.id,
        details,
      });
      return inserted;
    }),
  );
  return presentUser(admin);
}
