import { activityLogs, notifications, tasks } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { and, eq, or, sql } from 'drizzle-orm';
import { notificationColumns } from '../notifications/notifications.repository.ts';
import { readableByItsUser } from '../notifications/readable-by.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { taskColumns } from '../tasks/tasks-columns.sql.ts';
import type { Position } from './position.ts';
import { changeColumns, horizon, inOrder, isAfter, isRevocation, isStreamed } from './stream.sql.ts';

/** All of these are called in one snapshot: what a batch says was true at one moment. */

/**
 * `xmin`: everything below can be read for good. `is_pending`: a committed row waits for an older transaction to end.
 * `xmax`: no row can be there or beyond, unless the database is not the one that the cursor was made on.
 */
export async function readHorizon(tx: Transaction) {
  const rows = await tx
    .select({
      xmin: sql<string>`${horizon}::text`,
      xmax: sql<string>`pg_snapshot_xmax(pg_current_snapshot())::text`,
      is_pending: sql<boolean>`exists (select 1 from ${activityLogs} where ${activityLogs.xid} >= ${horizon})
        or exists (select 1 from ${notifications} where ${notifications.xid} >= ${horizon})`,
    })
    .from(sql`(select 1) one`)
    .prepare('realtime.horizon')
    .execute();
  const { xmin, xmax, is_pending } = onlyRow(rows);
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), isPending: is_pending };
}

export async function readNotifications(tx: Transaction, after: Position, limit: number) {
  return tx
    .select({
      ...notificationColumns,
      xid: notifications.xid,
      seq: notifications.seq,
      is_readable: sql<boolean>`${readableByItsUser}`,
    })
    .from(notifications)
    .where(and(isAfter(notifications, after), sql`${notifications.xid} < ${horizon}`))
    .orderBy(...inOrder(notifications))
    .limit(limit)
    .prepare('realtime.notifications')
    .execute();
}

const activityColumns = {
  ...changeColumns,
  is_settled: sql<boolean>`${activityLogs.xid} < ${horizon}`,
};

/** Revocations are read as soon as they are committed, beyond the horizon too: nothing has to wait for them in order. */
export async function readRevocations(tx: Transaction, after: Position, limit: number) {
  return tx
    .select({ ...activityColumns, task: sql<null>`null` })
    .from(activityLogs)
    .where(and(isAfter(activityLogs, after), isRevocation))
    .orderBy(...inOrder(activityLogs))
    .limit(limit)
    .prepare('realtime.revocations')
    .execute();
}

/** What is told of tasks below the horizon, a change with its task as it is now, and revocations as above. */
export async function readActivity(tx: Transaction, after: Position, limit: number) {
  return tx
    .select({ ...activityColumns, task: taskColumns })
    .from(activityLogs)
    .leftJoin(tasks, eq(tasks.id, activityLogs.entity_id))
    .where(and(isAfter(activityLogs, after), or(isRevocation, and(isStreamed, sql`${activityLogs.xid} < ${horizon}`))))
    .orderBy(...inOrder(activityLogs))
    .limit(limit)
    .prepare('realtime.activity')
    .execute();
}

export type ActivityStreamRow = Awaited<ReturnType<typeof readActivity>>[number];
