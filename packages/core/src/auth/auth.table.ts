import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment } from '../shared/columns.ts';
import { users } from '../users/users.table.ts';
import { sessionEndReasons } from './auth.model.ts';

export const sessionEndReason = pgEnum('session_end_reason', sessionEndReasons);

/** A login and everything refreshed out of it. Revoking the row kills every token of the family at once. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    user_id: uuid()
      .notNull()
      .references(() => users.id),
    created_at: moment().notNull().defaultNow(),
    last_used_at: moment().notNull().defaultNow(),
    expires_at: moment().notNull(),
    revoked_at: moment(),
    revoke_reason: sessionEndReason(),
    ip_address: text(),
    user_agent: text(),
  },
  (table) => [
    index('sessions_live_by_user_idx')
      .on(table.user_id)
      .where(sql`revoked_at is null`),
  ],
);

/** One generation each. `rotated_at` says that it was spent, `replaced_by` by what: the session says whether it is dead. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    hash: text().primaryKey(),
    session_id: uuid()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    created_at: moment().notNull().defaultNow(),
    expires_at: moment().notNull(),
    rotated_at: moment(),
    replaced_by: text(),
  },
  (table) => [index('refresh_tokens_session_idx').on(table.session_id)],
);

/** Where a user has been logged in from, by `networkOf`: guesses from elsewhere cannot lock the user out of these. */
export const knownNetworks = pgTable(
  'known_networks',
  {
    user_id: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    network: text().notNull(),
    last_used_at: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.user_id, table.network] })],
);

/** Counters of the limits (`expire` in epoch milliseconds). Unlogged: a crash of PostgreSQL may empty it. */
export const rateLimits = pgTable('rate_limits', {
  key: text().primaryKey(),
  points: integer().notNull().default(0),
  expire: bigint({ mode: 'number' }),
});
