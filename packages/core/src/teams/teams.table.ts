import { index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { moment, xid8 } from '../shared/columns.ts';
import { users } from '../users/users.table.ts';
import { teamRoles } from './teams.model.ts';

export const teamRole = pgEnum('team_role', teamRoles);

/** Hand-written SQL adds: the owner is a row of `team_members`, by a deferred foreign key `(id, owner_id)`. */
export const teams = pgTable(
  'teams',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    description: text(),
    owner_id: uuid()
      .notNull()
      .references(() => users.id),
    created_at: moment().notNull().defaultNow(),
    updated_at: moment().notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  (table) => [index('teams_owner_idx').on(table.owner_id)],
);

export const teamMembers = pgTable(
  'team_members',
  {
    team_id: uuid()
      .notNull()
      .references(() => teams.id, { onDelete: 'cascade' }),
    user_id: uuid()
      .notNull()
      .references(() => users.id),
    role: teamRole().notNull().default('member'),
    joined_at: moment().notNull().defaultNow(),
    /** The transaction that added the member; older events of the team are not shown to them. */
    xid: xid8()
      .notNull()
      .default(sql`pg_current_xact_id()`),
  },
  (table) => [
    primaryKey({ name: 'team_members_pkey', columns: [table.team_id, table.user_id] }),
    index('team_members_user_idx').on(table.user_id, table.team_id),
  ],
);
