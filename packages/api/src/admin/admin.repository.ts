import { openTaskStatuses } from '@taskmaster/core/contracts';
import type { AdminStats, TaskPriority, TaskStatus } from '@taskmaster/core/contracts';
import { attachments, notifications, tasks, teamMembers, teams, users } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { inArray, sql } from 'drizzle-orm';

const count = (filter = sql`true`) => sql<number>`count(*) filter (where ${filter})`.mapWith(Number);

export async function userCounts(db: Database): Promise<AdminStats['users']> {
  const [row] = await db
    .select({
      total: count(),
      active: count(sql`${users.is_active}`),
      inactive: count(sql`not ${users.is_active}`),
      admins: count(sql`${users.is_active} and ${users.role} = 'admin'`),
    })
    .from(users);
  return row ?? { total: 0, active: 0, inactive: 0, admins: 0 };
}

export async function teamCounts(db: Database): Promise<AdminStats['teams']> {
  const [total, members] = await Promise.all([db.$count(teams), db.$count(teamMembers)]);
  return { total, members };
}

/** One pass over the tasks, grouped by the little that the figures need. */
export async function taskCounts(db: Database): Promise<Omit<AdminStats['tasks'], 'per_day'>> {
  const isOverdue = sql`not ${tasks.is_archived} and ${inArray(tasks.status, openTaskStatuses)} and ${tasks.due_date} < now()`;
  const rows = await db
    .select({
      status: tasks.status,
      priority: tasks.priority,
      is_archived: tasks.is_archived,
      total: count(),
      overdue: count(isOverdue),
    })
    .from(tasks)
    .groupBy(tasks.status, tasks.priority, tasks.is_archived);
  type Row = (typeof rows)[number];
  const sum = (matches: (row: Row) => boolean, of: 'total' | 'overdue' = 'total') =>
    rows.filter(matches).reduce((total, row) => total + row[of], 0);
  const withStatus = (status: TaskStatus) => sum((row) => row.status === status);
  const withPriority = (priority: TaskPriority) => sum((row) => row.priority === priority);
  return {
    total: sum(() => true),
    archived: sum((row) => row.is_archived),
    overdue: sum(() => true, 'overdue'),
    by_status: {
      todo: withStatus('todo'),
      in_progress: withStatus('in_progress'),
      in_review: withStatus('in_review'),
      done: withStatus('done'),
      cancelled: withStatus('cancelled'),
    },
    by_priority: {
      low: withPriority('low'),
      medium: withPriority('medium'),
      high: withPriority('high'),
      urgent: withPriority('urgent'),
    },
  };
}

/** The last 30 days in UTC, today included; days without a task too. */
export async function tasksPerDay(db: Database): Promise<AdminStats['tasks']['per_day']> {
  const rows = await db.execute<{ date: string; created: string; completed: string }>(sql`
    with days as (
      select day::date as day
      from generate_series((now() at time zone 'utc')::date - 29, (now() at time zone 'utc')::date, interval '1 day') day
    ), created as (
      select (created_at at time zone 'utc')::date as day, count(*) as tasks
      from tasks where created_at >= now() - interval '31 days' group by 1
    ), completed as (
      select (completed_at at time zone 'utc')::date as day, count(*) as tasks
      from tasks where completed_at >= now() - interval '31 days' group by 1
    )
    select to_char(days.day, 'YYYY-MM-DD') as date, coalesce(created.tasks, 0) as created, coalesce(completed.tasks, 0) as completed
    from days left join created using (day) left join completed using (day) order by days.day`);
  return Object.fromEntries(
    rows.map(({ date, created, completed }) => [date, { created: Number(created), completed: Number(completed) }]),
  );
}

export async function notificationCounts(db: Database): Promise<AdminStats['notifications']> {
  const [total, unread] = await Promise.all([
    db.$count(notifications),
    db.$count(notifications, sql`not ${notifications.is_read}`),
  ]);
  return { total, unread };
}

export async function storageUse(db: Database): Promise<AdminStats['storage']> {
  const [row] = await db
    .select({
      attachments: count(),
      used_bytes: sql<number>`coalesce(sum(${attachments.size_bytes}), 0)`.mapWith(Number),
    })
    .from(attachments);
  return row ?? { attachments: 0, used_bytes: 0 };
}
