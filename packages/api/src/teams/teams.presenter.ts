import type { ChangedTeamMember, Team, TeamDetail, TeamMember } from '@taskmaster/core/contracts';
import type { MemberRow, TeamRow } from './teams.repository.ts';

export const presentTeam = (row: TeamRow): Team => ({
  id: row.id,
  name: row.name,
  description: row.description,
  owner_id: row.owner_id,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  version: row.version,
});

const presentMember = (row: MemberRow): TeamMember => ({
  user: { id: row.user.id, username: row.user.username, full_name: row.user.full_name },
  role: row.role,
  joined_at: row.joined_at.toISOString(),
});

export const presentChangedMember = (row: MemberRow, { version }: Pick<TeamRow, 'version'>): ChangedTeamMember => ({
  ...presentMember(row),
  team_version: version,
});

export const presentTeamDetail = (row: TeamRow, members: MemberRow[]): TeamDetail => ({
  ...presentTeam(row),
  members: members.map(presentMember),
});
