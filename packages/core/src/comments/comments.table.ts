import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from '../shared/columns.ts';
import { tasks } from '../tasks/tasks.table.ts';
import { users } from '../users/users.table.ts';

export const comments = pgTable(
  'comments',
  {
    id: uuid().primaryKey(),
    task_id: uuid()
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    author_id: uuid()
      .notNull()
      .references(() => users.id),
    content: text().notNull(),
    created_at: moment().notNull().defaultNow(),
    updated_at: moment().notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  (table) => [index('comments_task_idx').on(table.task_id, table.created_at, table.id)],
);
