import { admin, teamAndAdmin } from './actor-groups.ts';
import type { Fixture } from './fixture.ts';
import type { ActorName, Rules } from './model.ts';
import type { More } from './rules.ts';
import { withMore } from './rules.ts';

/** Members and admins see a team. */
export function onTeam(may: readonly ActorName[], more: More = {}): Rules {
  const otherwise = 'TEAM_NOT_FOUND';
  const team = (id: (fixture: Fixture) => string) => withMore((fixture) => ({ team_id: id(fixture) }), more);
  return {
    own: { input: team(({ team_id }) => team_id), may, sees: teamAndAdmin, otherwise },
    others: { input: team(({ foreign_team_id }) => foreign_team_id), may: admin, otherwise },
    absent: { input: team(({ absent_id }) => absent_id), may: [], otherwise },
  };
}
