import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { descending, moment, streamPosition } from '../shared/columns.ts';
import { tasks } from '../tasks/tasks.table.ts';
import { users } from '../users/users.table.ts';
import type { NotificationType } from './notifications.model.ts';

/** What a writer has to say. The names are written out for the same reason as in the activity log, which has two, too. */
const entry = () => ({
  id: uuid('id').primaryKey(),
  user_id: uuid('user_id')
    .notNull()
    .references(() => users.id),
  type: text('type').$type<NotificationType>().notNull(),
  title: text('title').notNull(),
  body: text('body'),
  task_id: uuid('task_id').references(() => tasks.id, { onDelete: 'cascade' }),
  team_id: uuid('team_id'),
});

/** `team_id` has no foreign key: a `team_removed` outlives the team that it speaks of. */
export const notifications = pgTable(
  'notifications',
  {
    ...entry(),
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

/** The same table as an INSERT may see it: Drizzle names every column that it knows. */
export const notificationEntries = pgTable('notifications', entry());
