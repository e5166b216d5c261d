import type { Notification } from '@taskmaster/core/contracts';
import type { NotificationRow } from './notifications.repository.ts';

export const presentNotification = (row: NotificationRow): Notification => ({
  id: row.id,
  user_id: row.user_id,
  type: row.type,
  title: row.title,
  body: row.body,
  task_id: row.task_id,
  team_id: row.team_id,
  is_read: row.is_read,
  read_at: row.read_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
});
