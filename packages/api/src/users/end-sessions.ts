import type { SessionEndReason } from '@taskmaster/core/contracts';
import type { Transaction } from '@taskmaster/database';
import type { Recorder } from '../activity/activity.repository.ts';
import { record } from '../activity/activity.repository.ts';
import { revokeSessionsOf } from '../auth/auth.repository.ts';

/** Ends sessions of a user, each with its row in the spine: their sockets are closed by it, on every process. */
export async function endSessions(
  tx: Transaction,
  ctx: Recorder,
  user_id: string,
  reason: SessionEndReason,
  options: { except?: string } = {},
): Promise<void> {
  const ended = await revokeSessionsOf(tx, user_id, reason, options);
  if (ended.length === 0) return;
  const entries = ended.map(
    (entity_id) =>
      ({ action: 'session.ended', entity_type: 'session', entity_id, details: { reason, user_id } }) as const,
  );
  await record(tx, ctx, ...entries);
}
