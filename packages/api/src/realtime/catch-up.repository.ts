import type { Actor } from '@taskmaster/core/policies';
import { activityLogs, notifications } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { and, desc, eq, sql } from 'drizzle-orm';
import { notificationColumns } from '../notifications/notifications.repository.ts';
import { readableBy } from '../notifications/readable-by.sql.ts';
import type { Mark, Position } from './position.ts';
import { inOrder, isAfter, isStreamed, isUpTo } from './stream.sql.ts';

/** Of the stream, after `from` up to and with `to`. */
export interface Range {
  from: Position;
  to: Position;
  /** The client's word for `from`, to be checked; undefined where `from` is our own. */
  claim: Mark | undefined;
  /** At most so many rows are looked at. */
  limit: number;
}

/** A position that this database gave out: its row is there, or it lies between rows that are. Whose it is, its tag says. */
function isKnown(claim: Mark | undefined) {
  if (!claim) return sql<boolean>`true`;
  const { xid, seq, at } = claim;
  const xmax = sql`pg_snapshot_xmax(pg_current_snapshot())`;
  if (seq === 0n) return sql<boolean>`${String(xid)}::xid8 <= ${xmax}`;
  return sql<boolean>`${String(xid)}::xid8 < ${xmax} and exists (
    select 1 from ${notifications} where ${notifications.xid} = ${String(xid)}::xid8
      and ${notifications.seq} = ${String(seq)}::bigint and ${notifications.created_at} = ${new Date(at).toISOString()}::timestamptz)`;
}

/** A prepared statement is known by its name: one for each form that its text can take. */
const formOf = (claim: Mark | undefined) => (claim ? `claim${claim.seq === 0n ? 'Between' : 'Row'}` : 'go');

/** A user's own, those that they may read now. One row more than there are: whether the position is known. */
export async function missedNotifications(db: Database, actor: Actor, { from, to, claim, limit }: Range) {
  const status = db
    .$with('status')
    .as((query) => query.select({ is_known: isKnown(claim).as('is_known') }).from(sql`(select 1) one`));
  const missed = db.$with('missed').as((query) =>
    query
      .select({ ...notificationColumns, xid: notifications.xid, seq: notifications.seq })
      .from(notifications)
      .where(and(isAfter(notifications, from), isUpTo(notifications, to), readableBy(actor)))
      .orderBy(...inOrder(notifications))
      .limit(limit),
  );
  const { xid, seq, ...row } = missed._.selectedFields;
  return db
    .with(status, missed)
    .select({ is_known: status.is_known, place: { xid, seq }, row })
    .from(status)
    .leftJoin(missed, sql`${status.is_known}`)
    .orderBy(missed.xid, missed.seq)
    .prepare(`realtime.missedNotifications.${formOf(claim)}.${actor.role}`)
    .execute();
}

/** Whether more than so many of a user's own lie between two positions. */
export async function isBeyond(
  db: Database,
  actor: Actor,
  { from, to, rows }: { from: Position; to: Position; rows: number },
) {
  const next = await db
    .select({ seq: notifications.seq })
    .from(notifications)
    .where(and(eq(notifications.user_id, actor.id), isAfter(notifications, from), isUpTo(notifications, to)))
    .orderBy(...inOrder(notifications))
    .offset(rows)
    .limit(1)
    .prepare('realtime.isBeyond')
    .execute();
  return next.length > 0;
}

/** What `tasks.onChange` told of before the last so many rows; undefined: it has never told of more. */
export async function placeBeforeNewest(db: Database, rows: number): Promise<Position | undefined> {
  const [row] = await db
    .select({ xid: activityLogs.xid, seq: activityLogs.seq })
    .from(activityLogs)
    .where(isStreamed)
    .orderBy(desc(activityLogs.xid), desc(activityLogs.seq))
    .offset(rows)
    .limit(1)
    .prepare('realtime.placeBeforeNewest')
    .execute();
  return row && { xid: BigInt(row.xid), seq: row.seq };
}
