import { sql } from 'drizzle-orm';
import type { ExtraConfigColumn } from 'drizzle-orm/pg-core';
import { boolean, check, index, integer, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { descending, moment, tsvector } from '../shared/columns.ts';
import { teams } from '../teams/teams.table.ts';
import { users } from '../users/users.table.ts';
import { taskPriorities, taskStatuses } from './tasks.model.ts';

export const taskStatus = pgEnum('task_status', taskStatuses);
export const taskPriority = pgEnum('task_priority', taskPriorities);

/** ASCII punctuation parts words: PostgreSQL's parser would otherwise read `host/path` or `a-b` as one. */
const words = (column: string) => sql.raw(`regexp_replace(coalesce(${column}, ''), '[!-/:-@[-\`{-~]+', ' ', 'g')`);

type ListColumns = Record<'is_archived' | 'created_at' | 'id' | 'status' | 'priority' | 'due_date', ExtraConfigColumn>;

const listOrder = (table: ListColumns) =>
  [
    table.is_archived,
    descending(table.created_at),
    descending(table.id),
    table.status,
    table.priority,
    table.due_date,
  ] as const;

export const tasks = pgTable(
  'tasks',
  {
    id: uuid().primaryKey(),
    title: text().notNull(),
    description: text(),
    status: taskStatus().notNull().default('todo'),
    priority: taskPriority().notNull().default('medium'),
    tags: text()
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    due_date: moment(),
    is_archived: boolean().notNull().default(false),
    created_by_id: uuid()
      .notNull()
      .references(() => users.id),
    assigned_to_id: uuid().references(() => users.id),
    team_id: uuid().references(() => teams.id, { onDelete: 'cascade' }),
    created_at: moment().notNull().defaultNow(),
    updated_at: moment().notNull().defaultNow(),
    completed_at: moment(),
    version: integer().notNull().default(1),
    search: tsvector().generatedAlwaysAs(
      sql`setweight(to_tsvector('simple', ${words('title')}), 'A') || setweight(to_tsvector('simple', ${words('description')}), 'B')`,
    ),
  },
  (table) => [
    check('tasks_completed_at_check', sql`(completed_at is not null) = (status = 'done')`),
    // The three disjoint ways to see a task, each in the order of the default list. What lists filter by stands behind,
    // so that a page is found, and a total counted, in the index alone.
    index('tasks_team_idx').on(table.team_id, ...listOrder(table), table.assigned_to_id),
    index('tasks_personal_creator_idx')
      .on(table.created_by_id, ...listOrder(table), table.assigned_to_id)
      .where(sql`team_id is null`),
    index('tasks_personal_assignee_idx')
      .on(table.assigned_to_id, ...listOrder(table), table.created_by_id)
      .where(sql`team_id is null`),
    index('tasks_team_assignee_idx')
      .on(table.team_id, table.assigned_to_id)
      .where(sql`team_id is not null and assigned_to_id is not null`),
    index('tasks_created_at_idx').on(descending(table.created_at), descending(table.id)),
    index('tasks_completed_at_idx')
      .on(table.completed_at)
      .where(sql`completed_at is not null`),
    // `openTaskStatuses`, written out: this text stands in the migration.
    index('tasks_open_due_idx')
      .on(table.due_date)
      .where(sql`not is_archived and status in ('todo', 'in_progress', 'in_review')`),
    index('tasks_search_idx').using('gin', table.search),
  ],
);
