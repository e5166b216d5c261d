import { activityLogs, notifications } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { and, asc, gt, max, ne } from 'drizzle-orm';
import type { Outcome } from './refusal.ts';
import { outcomeOf } from './refusal.ts';

type Activity = Pick<
  typeof activityLogs.$inferSelect,
  'action' | 'actor_id' | 'entity_type' | 'entity_id' | 'task_id' | 'team_id' | 'details'
>;

/** What a call left behind beside its answer. */
export interface Effects {
  outcome: Outcome;
  activity: Activity[];
  /** Who was told of what: `[user_id, type]`, in the order of the ids. */
  told: [user_id: string, type: string][];
}

/** Runs one call while nothing else writes, and reads what it recorded (of itself: not that it was refused) and whom it told. */
export async function effectsOf(db: Database, call: () => Promise<unknown>): Promise<Effects> {
  const [[log], [note]] = await Promise.all([
    db.select({ seq: max(activityLogs.seq) }).from(activityLogs),
    db.select({ seq: max(notifications.seq) }).from(notifications),
  ]);
  const outcome = await outcomeOf(call());
  const activity = await db
    .select({
      action: activityLogs.action,
      actor_id: activityLogs.actor_id,
      entity_type: activityLogs.entity_type,
      entity_id: activityLogs.entity_id,
      task_id: activityLogs.task_id,
      team_id: activityLogs.team_id,
      details: activityLogs.details,
    })
    .from(activityLogs)
    .where(and(gt(activityLogs.seq, BigInt(log?.seq ?? 0)), ne(activityLogs.action, 'user.refused')))
    .orderBy(asc(activityLogs.seq));
  const notices = await db
    .select({ user_id: notifications.user_id, type: notifications.type })
    .from(notifications)
    .where(gt(notifications.seq, BigInt(note?.seq ?? 0)))
    .orderBy(asc(notifications.user_id), asc(notifications.type));
  return { outcome, activity, told: notices.map(({ user_id, type }) => [user_id, type]) };
}
