import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { descending, moment } from '../shared/columns.ts';
import { tasks } from '../tasks/tasks.table.ts';
import { users } from '../users/users.table.ts';

/** Hand-written SQL adds: a deleted row, by whatever cascade, leaves its key in `storage_garbage`. */
export const attachments = pgTable(
  'attachments',
  {
    id: uuid().primaryKey(),
    task_id: uuid()
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    uploader_id: uuid()
      .notNull()
      .references(() => users.id),
    filename: text().notNull(),
    content_type: text().notNull(),
    size_bytes: bigint({ mode: 'number' }).notNull(),
    sha256: text().notNull(),
    storage_key: text().notNull(),
    created_at: moment().notNull().defaultNow(),
  },
  (table) => [
    index('attachments_task_idx').on(table.task_id, descending(table.created_at), descending(table.id)),
    uniqueIndex('attachments_storage_key_key').on(table.storage_key),
    check('attachments_size_bytes_check', sql`size_bytes >= 0`),
  ],
);

/** Bytes that no row points to any more: removed from storage by the sweeper, then from here. */
export const storageGarbage = pgTable('storage_garbage', {
  storage_key: text().primaryKey(),
  created_at: moment().notNull().defaultNow(),
});
