import type { User, UserRole } from '@taskmaster/core/contracts';
import { transaction } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { changeUser } from '../change-user.ts';
import { commandLine, loadNamed } from './command-line.ts';
import { presentUser } from '../users.presenter.ts';

/** From the command line; `name` is an id, e-mail address or username. Throws `USER_NOT_FOUND`, `USER_ERASED`, `LAST_ADMIN`. */
export async function setRole(db: Database, name: string, role: UserRole): Promise<User> {
  const user = await transaction(db, async (tx) => {
    const { id: user_id } = await loadNamed(tx, name);
    return changeUser(tx, commandLine, { user_id, role });
  });
  return presentUser(user);
}
