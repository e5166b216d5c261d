import { activityLogs, tasks } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { and, desc, eq, sql } from 'drizzle-orm';
import { taskColumns } from '../tasks/tasks-columns.sql.ts';
import type { Mark, Position } from './position.ts';
import { changeColumns, inOrder, isAfter, isStreamed, isUpTo } from './stream.sql.ts';

/** All of these are called in one snapshot. */

const asArray = (values: readonly string[]) => `{${values.join(',')}}`;
const keyOf = (xid: bigint | string, seq: bigint, at: number) => `${xid}/${seq}/${at}`;

/** What `tasks.onChange` tells of, each change with its task as it is now. */
const changesBetween = (tx: Transaction, from: Position, to: Position) =>
  tx
    .select({ ...changeColumns, task: taskColumns })
    .from(activityLogs)
    .leftJoin(tasks, eq(tasks.id, activityLogs.entity_id))
    .where(and(isAfter(activityLogs, from), isUpTo(activityLogs, to), isStreamed));

/** The last of those between two positions, in the order of the stream. */
export async function newestChanges(tx: Transaction, from: Position, to: Position, limit: number) {
  const rows = await changesBetween(tx, from, to)
    .orderBy(desc(activityLogs.xid), desc(activityLogs.seq))
    .limit(limit)
    .prepare('realtime.newestChanges')
    .execute();
  return rows.toReversed();
}

export type SharedChangeRow = Awaited<ReturnType<typeof newestChanges>>[number];

/** The first of those between two positions, in the order of the stream. */
export async function oldestChanges(tx: Transaction, from: Position, to: Position, limit: number) {
  return changesBetween(tx, from, to)
    .orderBy(...inOrder(activityLogs))
    .limit(limit)
    .prepare('realtime.oldestChanges')
    .execute();
}

/** Says of a mark, of those that were given, whether this database has its row, or a place between rows for it. */
export async function knownMarks(tx: Transaction, marks: readonly Mark[]): Promise<(mark: Mark) => boolean> {
  const onRows = marks.filter(({ seq }) => seq !== 0n);
  const xids = asArray(onRows.map(({ xid }) => String(xid)));
  const seqs = asArray(onRows.map(({ seq }) => String(seq)));
  const times = asArray(onRows.map(({ at }) => new Date(at).toISOString()));
  const [rows, [snapshot]] = await Promise.all([
    tx
      .select({ xid: activityLogs.xid, seq: activityLogs.seq, created_at: activityLogs.created_at })
      .from(activityLogs)
      .innerJoin(
        sql`unnest(${xids}::xid8[], ${seqs}::bigint[], ${times}::timestamptz[]) as claim (xid, seq, at)`,
        sql`${activityLogs.xid} = claim.xid and ${activityLogs.seq} = claim.seq and ${activityLogs.created_at} = claim.at`,
      )
      .prepare('realtime.knownMarks')
      .execute(),
    tx
      .select({ xmax: sql<string>`pg_snapshot_xmax(pg_current_snapshot())::text` })
      .from(sql`(select 1) one`)
      .prepare('realtime.xmax')
      .execute(),
  ]);
  const known = new Set(rows.map(({ xid, seq, created_at }) => keyOf(xid, seq, created_at.getTime())));
  const xmax = BigInt(snapshot?.xmax ?? 0);
  return ({ xid, seq, at }) => (seq === 0n ? xid <= xmax : known.has(keyOf(xid, seq, at)));
}
