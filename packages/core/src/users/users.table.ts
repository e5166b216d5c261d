import { sql } from 'drizzle-orm';
import { boolean, index, pgEnum, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { descending, moment } from '../shared/columns.ts';
import { userRoles } from './users.model.ts';

export const userRole = pgEnum('user_role', userRoles);

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    email: text().notNull(),
    username: text().notNull(),
    full_name: text(),
    password_hash: text().notNull(),
    role: userRole().notNull().default('user'),
    is_active: boolean().notNull().default(true),
    created_at: moment().notNull().defaultNow(),
    updated_at: moment().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('users_email_key').on(sql`lower(${table.email})`),
    uniqueIndex('users_username_key').on(sql`lower(${table.username})`),
    index('users_created_at_idx').on(descending(table.created_at), descending(table.id)),
    // The last-admin rule locks these few rows.
    index('users_active_admins_idx')
      .on(table.id)
      .where(sql`role = 'admin' and is_active`),
  ],
);
