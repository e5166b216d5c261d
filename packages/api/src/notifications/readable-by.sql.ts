import { teamNotificationTypes } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import { notifications, users } from '@taskmaster/core/tables';
import type { SQL } from 'drizzle-orm';
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import { seesTask } from '../tasks/sees-task.sql.ts';

/**
 * Of somebody's own notifications, by their id or by a column that holds it: what speaks of a task only while they see
 * the task. What speaks of a team itself stays, and so does that a task of no team was taken from them.
 */
const staysReadableFor = (user_id: SQL) =>
  or(
    inArray(notifications.type, [...teamNotificationTypes]),
    and(eq(notifications.type, 'task_unassigned'), isNull(notifications.team_id)),
    seesTask(sql`notifications.task_id`, user_id),
  );

export function readableBy(actor: Pick<Actor, 'id' | 'role'>) {
  const isMine = eq(notifications.user_id, actor.id);
  return isAdmin(actor) ? isMine : and(isMine, staysReadableFor(sql`${actor.id}::uuid`));
}

/** The rule of `readableBy`, of each row for its own user. */
export const readableByItsUser = or(
  staysReadableFor(sql`notifications.user_id`),
  // No `exists`: of many rows PostgreSQL would rather read all admins first.
  sql`(select u.role from ${users} u where u.id = notifications.user_id) = 'admin'`,
);
