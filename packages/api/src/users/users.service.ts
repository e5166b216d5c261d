import { AppError, invalidField } from '@taskmaster/core/errors';
import type { UpdateUserInput } from '@taskmaster/core/contracts';
import type { Transaction } from '@taskmaster/database';
import type { Entry } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import type { UsersService } from '../services.ts';
import { found } from '../shared/authorize.ts';
import { changedOf, changesOf } from '../shared/changes.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { write } from '../shared/write.ts';
import { endSessions } from './end-sessions.ts';
import { refusingTakenNames } from './name-conflict.ts';
import { presentUser } from './users.presenter.ts';
import type { UserRow } from './users.repository.ts';
import * as repository from './users.repository.ts';

const wrongPassword = () => invalidField('current_password', 'Is not the current password', 'wrong_password');

export function createUsersService(deps: Deps): UsersService {
  const { db, passwords } = deps;

  async function changeUser(ctx: ActorContext, { user_id, ...patch }: UpdateUserInput): Promise<UserRow> {
    return write(deps, async (tx) => {
      const admins = await repository.lockActiveAdmins(tx);
      const user = found(await repository.lockById(tx, user_id), 'USER_NOT_FOUND');

      const remainsAdmin = (patch.role ?? user.role) === 'admin' && (patch.is_active ?? user.is_active);
      if (!remainsAdmin && admins.length === 1 && admins[0] === user_id) throw new AppError('LAST_ADMIN');

      const changes = changesOf({ ...user }, patch);
      if (Object.keys(changes).length === 0) return user;
      const updated = found(await repository.update(tx, user_id, changedOf(patch, changes)), 'USER_NOT_FOUND');

      const entity = { entity_type: 'user', entity_id: user_id } as const;
      if (changes['role']) {
        await record(tx, ctx, { action: 'user.role_changed', ...entity, details: { role: changes['role'] } });
      }
      if (changes['is_active']) await recordActivity(tx, ctx, entity, updated.is_active);
      return updated;
    });
  }

  async function recordActivity(
    tx: Transaction,
    ctx: ActorContext,
    entity: Pick<Entry, 'entity_type' | 'entity_id'>,
    isActive: boolean,
  ) {
    await record(tx, ctx, { action: isActive ? 'user.reactivated' : 'user.deactivated', ...entity });
    if (!isActive) await endSessions(tx, ctx, entity.entity_id, 'deactivated');
  }

  return {
    me: async ({ actor }) => presentUser(found(await repository.findById(db, actor.id), 'USER_NOT_FOUND')),

    async updateMe(ctx, patch) {
      const user = await refusingTakenNames(
        write(deps, async (tx) => {
          const before = found(await repository.lockById(tx, ctx.actor.id), 'USER_NOT_FOUND');
          const changes = changesOf({ ...before }, patch);
          if (Object.keys(changes).length === 0) return before;
          const after = found(await repository.update(tx, before.id, changedOf(patch, changes)), 'USER_NOT_FOUND');
          const entity = { entity_type: 'user', entity_id: before.id } as const;
          await record(tx, ctx, { action: 'user.updated', ...entity, details: changes });
          return after;
        }),
      );
      return presentUser(user);
    },

    async changePassword(ctx, { current_password, new_password }) {
      const { id, session_id } = ctx.actor;
      const verified = await repository.findPasswordHash(db, id);
      if (!(await passwords.verify(verified, current_password))) throw wrongPassword();
      const password_hash = await passwords.hash(new_password);
      await write(deps, async (tx) => {
        await repository.lockById(tx, id);
        // Another change may have come first: then what was verified is not the current password any more.
        if ((await repository.findPasswordHash(tx, id)) !== verified) throw wrongPassword();
        await repository.update(tx, id, { password_hash });
        await record(tx, ctx, { action: 'user.password_changed', entity_type: 'user', entity_id: id });
        await endSessions(tx, ctx, id, 'password_changed', { except: session_id });
      });
    },

    async list(_ctx, query) {
      const { items, counted } = await repository.list(db, query);
      return toPage(items.map(presentUser), counted, query);
    },

    get: async (_ctx, { user_id }) => presentUser(found(await repository.findById(db, user_id), 'USER_NOT_FOUND')),
    update: async (ctx, input) => presentUser(await changeUser(ctx, input)),
    deactivate: async (ctx, { user_id }) => void (await changeUser(ctx, { user_id, is_active: false })),
  };
}
