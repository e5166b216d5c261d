import type { Transaction } from '@taskmaster/database';
import { record } from '../activity/activity.repository.ts';
import type { ActorContext } from '../shared/context.ts';
import * as repository from './tasks.repository.ts';

/** Rows an INSERT takes at once: PostgreSQL counts parameters in 16 bits. */
const rowsAtOnce = 1_000;

/** Who leaves a team leaves its tasks: each of them changes, so each of them has its row in the spine. */
export async function unassignInTeam(tx: Transaction, ctx: ActorContext, team_id: string, user_id: string) {
  const unassigned = await repository.unassignIn(tx, team_id, user_id);
  const entries = unassigned.map(
    ({ id }) =>
      ({
        action: 'task.unassigned',
        entity_type: 'task',
        entity_id: id,
        task_id: id,
        team_id,
        details: { assigned_to_id: { before: user_id, after: null } },
      }) as const,
  );
  for (let start = 0; start < entries.length; start += rowsAtOnce) {
    await record(tx, ctx, ...entries.slice(start, start + rowsAtOnce));
  }
}
