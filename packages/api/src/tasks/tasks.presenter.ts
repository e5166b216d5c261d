import type { Task } from '@taskmaster/core/contracts';
import type { TaskRow } from './tasks-columns.sql.ts';

export const presentTask = (row: TaskRow): Task => ({
  id: row.id,
  title: row.title,
  description: row.description,
  status: row.status,
  priority: row.priority,
  tags: row.tags,
  due_date: row.due_date?.toISOString() ?? null,
  is_archived: row.is_archived,
  created_by_id: row.created_by_id,
  assigned_to_id: row.assigned_to_id,
  team_id: row.team_id,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  version: row.version,
});
