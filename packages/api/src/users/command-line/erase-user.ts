import { transaction } from '@taskmaster/database';
import type { Database } from '@taskmaster/database';
import { record } from '../../activity/activity.repository.ts';
import { erasePersonalDetailsOf } from '../../activity/personal-details.repository.ts';
import { eraseSessionsOf } from '../../auth/auth.repository.ts';
import { forgetNetworksOf } from '../../auth/known-networks.repository.ts';
import { changeUser } from '../change-user.ts';
import * as repository from '../users.repository.ts';
import { commandLine, loadNamed } from './command-line.ts';

/**
 * Takes a person out of an account, for good: what they did stays, by an id that leads to nobody. The activity log is not
 * touched, so that its chain holds: their names stand beside it. What stays of them is its IP addresses. `name` is an id, e-mail address or username. Throws
 * `USER_NOT_FOUND` and `LAST_ADMIN`.
 */
export async function eraseUser(db: Database, name: string): Promise<{ id: string }> {
  return transaction(db, async (tx) => {
    const { id } = await loadNamed(tx, name);
    await changeUser(tx, commandLine, { user_id: id, is_active: false });

    await repository.update(tx, id, {
      // `.invalid` is nobody's for ever (RFC 2606).
      email: `${id}@erased.invalid`,
      username: `erased-${id}`,
      full_name: null,
      password_hash: 'erased',
    });
    await eraseSessionsOf(tx, id);
    await forgetNetworksOf(tx, id);
    await erasePersonalDetailsOf(tx, id);

    await record(tx, commandLine, {
      action: 'user.updated',
      entity_type: 'user',
      entity_id: id,
      details: { erased: true },
    });
    return { id };
  });
}
