import { teamNotificationTypes } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import { notifications } from '@taskmaster/core/tables';
import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import { seesTask } from '../tasks/sees-task.sql.ts';

/**
 * Mine; and what speaks of a task only while I see the task. What speaks of a team itself stays, and so does that a task
 * of no team was taken from me.
 */
export function readableBy(actor: Pick<Actor, 'id' | 'role'>) {
  const isMine = eq(notifications.user_id, actor.id);
  if (isAdmin(actor)) return isMine;
  return and(
    isMine,
    or(
      inArray(notifications.type, [...teamNotificationTypes]),
      and(eq(notifications.type, 'task_unassigned'), isNull(notifications.team_id)),
      seesTask(sql`notifications.task_id`, sql`${actor.id}::uuid`),
    ),
  );
}
