import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { descending, moment, streamPosition } from '../shared/columns.ts';
import { tasks } from '../tasks/tasks.table.ts';
import { users } from '../users/users.table.ts';
import type { NotificationType } from './notifications.model.ts';

/** `team_id` has no foreign key: a `team_removed` outlives the team that it speaks of. */
export const notifications = pgTable(
  'notifications',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id),
    type: text().$type<NotificationType>().notNull(),
    title: text().notNull(),
    body: text(),
    task_id: uuid().references(() => tasks.id, { onDelete: 'cascade' }),
    team_id: uuid(),
    is_read: boolean().notNull().default(false),
    read_at: moment(),
    created_at: moment()
      .notNull()
      .default(sql`clock_timestamp()`),
    ...streamPosition,
  },
  (table) => [
    check('notifications_read_at_check', sql`is_read = (read_at is not null)`),
    index('notifications_user_idx').on(table.user_id, descending(table.created_at), descending(table.id)),
    index('notifications_unread_idx')
      .on(table.user_id)
      .where(sql`not is_read`),
    index('notifications_task_idx').on(table.task_id),
    index('notifications_stream_idx').on(table.xid, table.seq),
    index('notifications_user_stream_idx').on(table.user_id, table.xid, table.seq),
  ],
);
