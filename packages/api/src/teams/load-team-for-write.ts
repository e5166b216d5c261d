import type { Actor } from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { loadTeam } from './load-team.ts';
import { lock } from './teams.repository.ts';
import type { TeamWithFacts } from './teams.repository.ts';

/**
 * The way to a team for a change of it or of its members: nobody else changes either until the transaction ends. What
 * the actor is in the team is read after the lock is held.
 */
export async function loadTeamForWrite(tx: Transaction, actor: Actor, team_id: string): Promise<TeamWithFacts> {
  const [, team] = await Promise.all([lock(tx, team_id), loadTeam(tx, actor, team_id)]);
  return team;
}
