import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { descending, moment, streamPosition } from '../shared/columns.ts';
import type { ActivityAction, EntityType } from './activity.model.ts';

/**
 * The spine: one row per change, written in the change's own transaction. It has no foreign keys, since it outlives
 * what it speaks of. Hand-written SQL adds: no UPDATE, DELETE or TRUNCATE; `xid`, `seq` and `created_at` are the
 * database's, whatever an INSERT says.
 */
export const activityLogs = pgTable(
  'activity_logs',
  {
    id: uuid().primaryKey(),
    actor_id: uuid(),
    action: text().$type<ActivityAction>().notNull(),
    entity_type: text().$type<EntityType>().notNull(),
    entity_id: uuid().notNull(),
    task_id: uuid(),
    team_id: uuid(),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    ip_address: text(),
    created_at: moment().notNull().defaultNow(),
    ...streamPosition,
  },
  (table) => [
    index('activity_logs_actor_idx').on(table.actor_id, descending(table.created_at), descending(table.id)),
    index('activity_logs_task_idx').on(table.task_id, descending(table.created_at), descending(table.id)),
    index('activity_logs_created_at_idx').on(descending(table.created_at), descending(table.id)),
    index('activity_logs_stream_idx').on(table.xid, table.seq),
  ],
);
