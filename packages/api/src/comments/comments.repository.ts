import type { PageQuery } from '@taskmaster/core/contracts';
import { comments } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { and, asc, eq, sql } from 'drizzle-orm';
import { countRows } from '../shared/count-rows.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { offsetOf } from '../shared/page.ts';
import { placeholders } from '../shared/placeholders.sql.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { timeOfChange } from '../shared/time-of-change.sql.ts';

export type CommentRow = typeof comments.$inferSelect;

/** In the order in which they were written. */
export async function list(db: Database, task_id: string, query: PageQuery) {
  const where = eq(comments.task_id, task_id);
  const items = db
    .select()
    .from(comments)
    .where(where)
    .orderBy(asc(comments.created_at), asc(comments.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('comments.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, comments, where)]);
  return { items: rows, counted };
}

/** Of this task: a comment is not reached through another one. */
export async function lockById(tx: Transaction, task_id: string, id: string): Promise<CommentRow | undefined> {
  const [row] = await tx
    .select()
    .from(comments)
    .where(and(eq(comments.id, id), eq(comments.task_id, task_id)))
    .for('no key update')
    .prepare('comments.lockById')
    .execute();
  return row;
}

const given = ['id', 'task_id', 'author_id', 'content'] as const;

const insertQuery = prepareOnce((db) =>
  db.insert(comments).values(placeholders(comments, given)).returning().prepare('comments.insert'),
);

export async function insert(tx: Transaction, row: Pick<CommentRow, (typeof given)[number]>): Promise<CommentRow> {
  return onlyRow(await insertQuery(tx).execute(row));
}

export async function update(tx: Transaction, id: string, content: string): Promise<CommentRow> {
  const rows = await tx
    .update(comments)
    .set({ content, version: sql`${comments.version} + 1`, updated_at: timeOfChange })
    .where(eq(comments.id, id))
    .returning()
    .prepare('comments.update')
    .execute();
  return onlyRow(rows);
}

export async function remove(tx: Transaction, id: string): Promise<void> {
  await tx.delete(comments).where(eq(comments.id, id)).prepare('comments.remove').execute();
}

const authorsQuery = prepareOnce((db) =>
  db
    .selectDistinct({ author_id: comments.author_id })
    .from(comments)
    .where(eq(comments.task_id, sql.placeholder('task_id')))
    .prepare('comments.authorsOn'),
);

/** Whoever has written on the task, whether they still see it or not. */
export async function authorsOn(tx: Transaction, task_id: string): Promise<string[]> {
  const rows = await authorsQuery(tx).execute({ task_id });
  return rows.map(({ author_id }) => author_id);
}
