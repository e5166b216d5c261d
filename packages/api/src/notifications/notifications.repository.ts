import type { PageQuery } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { notificationEntries, notifications } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { countRows } from '../shared/count-rows.sql.ts';
import { offsetOf } from '../shared/page.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { timeOfChange } from '../shared/time-of-change.sql.ts';
import { readableBy, readableByItsUser } from './readable-by.sql.ts';

const { xid: _xid, seq: _seq, ...columns } = getTableColumns(notifications);

/** What the wire shows of a notification; its place in the stream is shown as an event id only. */
export const notificationColumns = columns;
export type NotificationRow = Omit<typeof notifications.$inferSelect, 'xid' | 'seq'>;

const given = Object.values(getTableColumns(notificationEntries));
const namesGiven = sql.raw(given.map(({ name }) => name).join(', '));
const typesGiven = sql.raw(given.map((column) => `${column.name} ${column.getSQLType()}`).join(', '));

// The rows go by the table's own name: the rule speaks of its columns.
const insertQuery = prepareOnce((db) =>
  db
    .insert(notificationEntries)
    .select(
      sql`select ${namesGiven} from json_to_recordset(${sql.placeholder('rows')}::json) as notifications (${typesGiven})
        where ${readableByItsUser}`,
    )
    .prepare('notifications.insert'),
);

/**
 * Those that their users may read now. What is kept of others would come into sight when they get to see the task, and
 * no stream has told of it. The locks of the transaction hold who sees the task: it waits for a removal, or that for it.
 */
export async function insertReadable(
  tx: Transaction,
  rows: (typeof notificationEntries.$inferSelect)[],
): Promise<void> {
  await insertQuery(tx).execute({ rows: JSON.stringify(rows) });
}

export async function listOf(db: Database, actor: Actor, query: PageQuery) {
  const items = db
    .select(columns)
    .from(notifications)
    .where(readableBy(actor))
    .orderBy(desc(notifications.created_at), desc(notifications.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('notifications.listOf')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, notifications, readableBy(actor))]);
  return { items: rows, counted };
}

/** Reading it again changes nothing: `read_at` keeps its first value. */
export async function markRead(db: Database, actor: Actor, id: string): Promise<NotificationRow | undefined> {
  const [row] = await db
    .update(notifications)
    .set({ is_read: true, read_at: sql`coalesce(${notifications.read_at}, ${timeOfChange})` })
    .where(and(eq(notifications.id, id), readableBy(actor)))
    .returning(columns)
    .prepare('notifications.markRead')
    .execute();
  return row;
}

/** Returns how many were unread. What arrives meanwhile stays unread: it is in no snapshot of this statement. */
export async function markAllRead(db: Database, actor: Actor): Promise<number> {
  const rows = await db
    .update(notifications)
    .set({ is_read: true, read_at: timeOfChange })
    .where(and(readableBy(actor), eq(notifications.is_read, false)))
    .returning({ id: notifications.id });
  return rows.length;
}
