import type { ActivityLog } from '@taskmaster/core/contracts';
import type { ActivityRow } from './activity.repository.ts';

export const presentActivity = (row: ActivityRow): ActivityLog => ({
  id: row.id,
  actor_id: row.actor_id,
  action: row.action,
  entity_type: row.entity_type,
  entity_id: row.entity_id,
  task_id: row.task_id,
  team_id: row.team_id,
  details: row.details,
  ip_address: row.ip_address,
  created_at: row.created_at.toISOString(),
});
