import { record } from '../activity/activity.repository.ts';
import type { SessionsService } from '../services.ts';
import { found } from '../shared/authorize.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { write } from '../shared/write.ts';
import { endSessions } from '../users/end-sessions.ts';
import { lockById } from '../users/users.repository.ts';
import { revokeSession } from './auth.repository.ts';
import { presentSession } from './sessions.presenter.ts';
import * as repository from './sessions.repository.ts';

export function createSessionsService(deps: Deps): SessionsService {
  return {
    async list({ actor }, query) {
      const { items, counted } = await repository.list(deps.db, actor.id, query);
      const present = (row: repository.SessionRow) => presentSession(row, actor.session_id);
      return toPage(items.map(present), counted, query);
    },

    async end(ctx, { session_id }) {
      await write(deps, ctx, async (tx) => {
        const { id: user_id } = ctx.actor;
        const session = found(await repository.lockLive(tx, user_id, session_id), 'SESSION_NOT_FOUND');

        await revokeSession(tx, session.id, 'revoked');

        const entity = { entity_type: 'session', entity_id: session.id } as const;
        await record(tx, ctx, { action: 'session.ended', ...entity, details: { reason: 'revoked', user_id } });
      });
    },

    async endAll(ctx) {
      await write(deps, ctx, async (tx) => {
        // A login that is under way is waited for, and its session ended with the others.
        await lockById(tx, ctx.actor.id);

        await endSessions(tx, ctx, ctx.actor.id, 'logout_all');
      });
    },
  };
}
