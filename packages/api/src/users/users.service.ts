import { AppError, invalidField } from '@taskmaster/core/errors';
import type { UpdateUserInput } from '@taskmaster/core/contracts';
import { record } from '../activity/activity.repository.ts';
import { refuseGuessablePassword } from '../auth/guessable-passwords.ts';
import { countingGuesses } from '../auth/guessing-limit.ts';
import type { UsersService } from '../services.ts';
import { found } from '../shared/authorize.ts';
import { changedOf, changesOf } from '../shared/changes.ts';
import type { ActorContext } from '../shared/context.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { write } from '../shared/write.ts';
import { changeUser } from './change-user.ts';
import { endSessions } from './end-sessions.ts';
import { refusingTakenNames } from './name-conflict.ts';
import { presentUser } from './users.presenter.ts';
import * as repository from './users.repository.ts';

const wrongPassword = () => invalidField('current_password', 'Is not the current password', 'wrong_password');

export function createUsersService(deps: Deps): UsersService {
  const { db, passwords, limits } = deps;

  const change = async (ctx: ActorContext, input: UpdateUserInput) =>
    presentUser(await write(deps, ctx, (tx) => changeUser(tx, ctx, input)));

  return {
    me: async ({ actor }) => presentUser(found(await repository.findById(db, actor.id), 'USER_NOT_FOUND')),

    async updateMe(ctx, patch) {
      const user = await refusingTakenNames(
        write(deps, ctx, async (tx) => {
          const before = found(await repository.lockById(tx, ctx.actor.id), 'USER_NOT_FOUND');
          // Deactivated or erased while this waited: nothing of the account comes back.
          if (!before.is_active) throw new AppError('UNAUTHENTICATED');

          const changes = changesOf({ ...before }, patch);
          if (Object.keys(changes).length === 0) return before;
          const after = await repository.update(tx, before.id, changedOf(patch, changes));

          const entity = { entity_type: 'user', entity_id: before.id } as const;
          await record(tx, ctx, { action: 'user.updated', ...entity, personal: changes });
          return after;
        }),
      );
      return presentUser(user);
    },

    async changePassword(ctx, { current_password, new_password }) {
      const { id, session_id } = ctx.actor;
      const verified = found(await repository.findCredentials(db, id), 'USER_NOT_FOUND');
      const isRight = await countingGuesses(limits.account, `session/${session_id}`, () =>
        passwords.verify(verified.password_hash, current_password),
      );
      if (!isRight) {
        await write(deps, ctx, (tx) =>
          record(tx, ctx, {
            action: 'user.refused',
            entity_type: 'user',
            entity_id: id,
            details: { operation: 'users.changePassword', reason: 'wrong password' },
          }),
        );
        throw wrongPassword();
      }
      refuseGuessablePassword('new_password', new_password, verified);
      const password_hash = await passwords.hash(new_password);
      await write(deps, ctx, async (tx) => {
        await repository.lockById(tx, id);
        // Another change may have come first: then what was verified is not the current password any more.
        const current = await repository.findCredentials(tx, id);
        if (current?.password_hash !== verified.password_hash) throw wrongPassword();

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
    update: change,
    deactivate: async (ctx, { user_id }) => void (await change(ctx, { user_id, is_active: false })),
  };
}
