import { AppError } from '@taskmaster/core/errors';
import { transaction } from '@taskmaster/database';
import type { Database, Transaction } from '@taskmaster/database';
import { record } from '../../activity/activity.repository.ts';
import { eraseAddressesOf } from '../../activity/addresses.repository.ts';
import { erasePersonalDetailsOf } from '../../activity/personal-details.repository.ts';
import { eraseSessionsOf } from '../../auth/auth.repository.ts';
import { forgetNetworksOf } from '../../auth/known-networks.repository.ts';
import { idsOwnedBy } from '../../teams/teams.repository.ts';
import { changeUser } from '../change-user.ts';
import * as repository from '../users.repository.ts';
import { commandLine, loadNamed } from './command-line.ts';

/**
 * Takes a person out of an account, for good: what they did stays, by an id that leads to nobody. The activity log is not
 * touched, so that its chain holds: their names and IP addresses stand beside it. `name` is an id, e-mail address or
 * username. Who was erased before is left as they are.
 * Throws `USER_NOT_FOUND`, `LAST_ADMIN` and, for an owner of teams unless `keepsTeams`, `OWNER_MUST_STAY`.
 */
export async function eraseUser(
  db: Database,
  name: string,
  { keepsTeams = false }: { keepsTeams?: boolean } = {},
): Promise<{ id: string; wasErased: boolean }> {
  return transaction(db, async (tx) => {
    const { id } = await loadNamed(tx, name);
    await changeUser(tx, commandLine, { user_id: id, is_active: false });
    // Now, and not before: the row is locked.
    if ((await repository.lockById(tx, id))?.is_erased) return { id, wasErased: true };
    if (!keepsTeams) await refuseOwner(tx, id);

    await repository.erase(tx, id);
    await eraseSessionsOf(tx, id);
    await forgetNetworksOf(tx, id);
    await erasePersonalDetailsOf(tx, id);
    await repository.waitForWritersOf(tx, id);
    await eraseAddressesOf(tx, id);

    await record(tx, commandLine, {
      action: 'user.updated',
      entity_type: 'user',
      entity_id: id,
      details: { erased: true },
    });
    return { id, wasErased: false };
  });
}

/** Nobody can be made the owner of their teams, and nobody but an admin could change them any more. */
async function refuseOwner(tx: Transaction, user_id: string) {
  const [example, ...others] = await idsOwnedBy(tx, user_id);
  if (example === undefined) return;
  const count = others.length === 0 ? '1 team' : `${others.length + 1} teams`;
  const wayOut = 'delete them first, as the owner or an admin, or keep them with --keep-teams';
  throw new AppError('OWNER_MUST_STAY', { detail: `the user owns ${count}, such as ${example}: ${wayOut}` });
}
