import type { PageQuery } from '@taskmaster/core/contracts';
import { attachments } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { and, desc, eq, sql } from 'drizzle-orm';
import { countRows } from '../shared/count-rows.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { offsetOf } from '../shared/page.ts';

export type AttachmentRow = typeof attachments.$inferSelect;

/** The newest first. */
export async function list(db: Database, task_id: string, query: PageQuery) {
  const where = eq(attachments.task_id, task_id);
  const items = db
    .select()
    .from(attachments)
    .where(where)
    .orderBy(desc(attachments.created_at), desc(attachments.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('attachments.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, attachments, where)]);
  return { items: rows, counted };
}

/** Of this task: an attachment is not reached through another one. */
const ofTask = (task_id: string, id: string) => and(eq(attachments.id, id), eq(attachments.task_id, task_id));

export async function findById(db: Database, task_id: string, id: string): Promise<AttachmentRow | undefined> {
  const [row] = await db
    .select()
    .from(attachments)
    .where(ofTask(task_id, id))
    .prepare('attachments.findById')
    .execute();
  return row;
}

export async function lockById(tx: Transaction, task_id: string, id: string): Promise<AttachmentRow | undefined> {
  const [row] = await tx
    .select()
    .from(attachments)
    .where(ofTask(task_id, id))
    .for('no key update')
    .prepare('attachments.lockById')
    .execute();
  return row;
}

export async function insert(tx: Transaction, row: typeof attachments.$inferInsert): Promise<AttachmentRow> {
  const rows = await tx.insert(attachments).values(row).returning().prepare('attachments.insert').execute();
  return onlyRow(rows);
}

/** A trigger puts the storage key into `storage_garbage`. */
export async function remove(tx: Transaction, id: string): Promise<void> {
  await tx.delete(attachments).where(eq(attachments.id, id)).prepare('attachments.remove').execute();
}

/** Of these storage keys, those that a row, or the garbage, knows. */
export async function knownKeys(db: Database, keys: readonly string[]): Promise<Set<string>> {
  const list = sql`${sql.param(keys)}::text[]`;
  const rows = await db.execute<{ storage_key: string }>(sql`
    select storage_key from attachments where storage_key = any(${list})
    union all
    select storage_key from storage_garbage where storage_key = any(${list})`);
  return new Set(rows.map(({ storage_key }) => storage_key));
}
