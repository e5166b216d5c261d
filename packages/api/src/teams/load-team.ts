import type { Actor } from '@taskmaster/core/policies';
import { canSeeTeam } from '@taskmaster/core/policies';
import type { Executor } from '@taskmaster/database';
import { found } from '../shared/authorize.ts';
import { findById } from './teams.repository.ts';
import type { TeamWithFacts } from './teams.repository.ts';

/** The way to a team, and to all that hangs on it, for reading: whoever may not see it hears `TEAM_NOT_FOUND`. */
export async function loadTeam(db: Executor, actor: Actor, team_id: string): Promise<TeamWithFacts> {
  return found(await findById(db, actor, team_id), 'TEAM_NOT_FOUND', (team) => canSeeTeam(actor, team));
}
