import type { ActivityLog } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { canSeeAddress } from '@taskmaster/core/policies';
import type { ActivityRow } from './activity.repository.ts';
import { isReference } from './addresses.repository.ts';
import { digestKey } from './personal-details.repository.ts';

function presentDetails({ details, personal_details }: ActivityRow): ActivityLog['details'] {
  const { [digestKey]: _digest, ...shown } = details;
  return { ...shown, ...personal_details };
}

function presentAddress(row: ActivityRow, actor: Actor): string | null {
  if (!canSeeAddress(actor, row)) return null;
  return isReference(row.ip_address) ? row.address : row.ip_address;
}

export const presentActivity = (row: ActivityRow, actor: Actor): ActivityLog => ({
  id: row.id,
  actor_id: row.actor_id,
  action: row.action,
  entity_type: row.entity_type,
  entity_id: row.entity_id,
  task_id: row.task_id,
  team_id: row.team_id,
  details: presentDetails(row),
  ip_address: presentAddress(row, actor),
  created_at: row.created_at.toISOString(),
});
