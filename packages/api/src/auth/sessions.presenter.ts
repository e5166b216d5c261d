import type { Session } from '@taskmaster/core/contracts';
import type { SessionRow } from './sessions.repository.ts';

export const presentSession = (row: SessionRow, current_id: string): Session => ({
  id: row.id,
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
  is_current: row.id === current_id,
  ip_address: row.ip_address,
  user_agent: row.user_agent,
});
