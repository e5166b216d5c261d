import { AppError } from '@taskmaster/core/errors';
import type { UpdateUserInput } from '@taskmaster/core/contracts';
import type { Transaction } from '@taskmaster/database';
import type { Recorder } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import { found } from '../shared/authorize.ts';
import { changedOf, changesOf } from '../shared/changes.ts';
import { endSessions } from './end-sessions.ts';
import type { UserRow } from './users.repository.ts';
import * as repository from './users.repository.ts';

/**
 * Role and activity of a user, by an admin or from the command line. Throws `USER_NOT_FOUND`, `USER_ERASED` and
 * `LAST_ADMIN`.
 */
export async function changeUser(
  tx: Transaction,
  ctx: Recorder,
  { user_id, ...patch }: UpdateUserInput,
): Promise<UserRow> {
  const admins = await repository.lockActiveAdmins(tx);
  const user = found(await repository.lockById(tx, user_id), 'USER_NOT_FOUND');
  if (user.is_erased && (patch.role !== undefined || patch.is_active)) throw new AppError('USER_ERASED');

  const remainsAdmin = (patch.role ?? user.role) === 'admin' && (patch.is_active ?? user.is_active);
  if (!remainsAdmin && admins.length === 1 && admins[0] === user_id) throw new AppError('LAST_ADMIN');

  const changes = changesOf({ ...user }, patch);
  if (Object.keys(changes).length === 0) return user;
  const updated = await repository.update(tx, user_id, changedOf(patch, changes));

  const entity = { entity_type: 'user', entity_id: user_id } as const;
  if (changes['role']) {
    await record(tx, ctx, { action: 'user.role_changed', ...entity, details: { role: changes['role'] } });
  }
  if (changes['is_active']) {
    const action = updated.is_active ? 'user.reactivated' : 'user.deactivated';
    await record(tx, ctx, { action, ...entity, details: { is_active: changes['is_active'] } });
    if (!updated.is_active) await endSessions(tx, ctx, user_id, 'deactivated');
  }
  return updated;
}
