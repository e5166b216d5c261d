import { index, json, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, descending, moment, streamPosition } from '../shared/columns.ts';
import { users } from '../users/users.table.ts';
import type { ActivityAction, EntityType } from './activity.model.ts';

/**
 * What a writer of the log has to say. The rest of a row is the database's, and the app's role may not even name it. The
 * names are written out: what Drizzle derives it keeps by the name of the table, which two have here.
 */
const entry = () => ({
  id: uuid('id').primaryKey(),
  actor_id: uuid('actor_id'),
  action: text('action').$type<ActivityAction>().notNull(),
  entity_type: text('entity_type').$type<EntityType>().notNull(),
  entity_id: uuid('entity_id').notNull(),
  task_id: uuid('task_id'),
  team_id: uuid('team_id'),
  details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  /** What stands in the row is a reference to `activity_addresses`, where an account is known that it belongs to. */
  ip_address: text('ip_address'),
});

/**
 * The spine: one row per change, written in the change's own transaction. It has no foreign keys, since it outlives
 * what it speaks of. Hand-written SQL adds: no UPDATE, DELETE or TRUNCATE; `xid`, `seq` and `created_at` are the
 * database's, whatever an INSERT says.
 */
export const activityLogs = pgTable(
  'activity_logs',
  {
    ...entry(),
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

/** The same table as an INSERT may see it: Drizzle names every column that it knows. */
export const activityEntries = pgTable('activity_logs', entry());

/**
 * What a row of the log says about a person, beside the row: the log keeps what it has for ever, a person may be erased.
 * The row holds a digest of it, so that the chain is about it, too. `json`, not `jsonb`: what was hashed is the text.
 */
export const activityPersonalDetails = pgTable(
  'activity_personal_details',
  {
    log_id: uuid().primaryKey(),
    /** Whose they are. */
    user_id: uuid()
      .notNull()
      .references(() => users.id),
    /** Who knows the digest cannot find the value by guessing; erased with it. */
    salt: bytea().notNull(),
    details: json().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [index('activity_personal_details_user_idx').on(table.user_id)],
);

/**
 * From where somebody did what they did, beside the log for the same reason. `ref`, which stands in the log's rows, is a
 * digest of salt and address. Hand-written SQL writes it, when the log's row is inserted: decision record 0012.
 */
export const activityAddresses = pgTable(
  'activity_addresses',
  {
    ref: text().primaryKey(),
    /** Who did it, or, where that is nobody, the account that the row is about. */
    user_id: uuid()
      .notNull()
      .references(() => users.id),
    address: text().notNull(),
    salt: bytea().notNull(),
  },
  // Not unique: two transactions that meet an address for the first time write a row each, instead of one waiting.
  (table) => [index('activity_addresses_user_idx').on(table.user_id, table.address)],
);
