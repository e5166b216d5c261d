import type { Team, TeamDetail, TeamMember } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const team = {
  id: exampleIds.team,
  name: 'Platform',
  description: 'Keeps the lights on',
  owner_id: exampleIds.ann,
  ...exampleTimes,
  version: 2,
} as const satisfies Team;

const ann: TeamMember = {
  user: { id: exampleIds.ann, username: 'ann', full_name: 'Ann Example' },
  role: 'manager',
  joined_at: exampleTimes.created_at,
};
const bob: TeamMember = {
  user: { id: exampleIds.bob, username: 'bob', full_name: 'Bob Example' },
  role: 'member',
  joined_at: exampleTimes.updated_at,
};
const detail: TeamDetail = { ...team, members: [ann, bob] };

const { id: team_id, name, description } = team;
const bobHere = { team_id, user_id: exampleIds.bob };

export const teamExamples = {
  create: {
    input: { name, description },
    output: { ...team, updated_at: team.created_at, version: 1 },
  },
  list: { input: examplePaging, output: examplePage(team) },
  get: { input: { team_id }, output: detail },
  update: { input: { team_id, description }, output: team },
  delete: { input: { team_id } },
  addMember: { input: { team_id, email: 'bob@example.com', role: 'member' }, output: { ...bob, team_version: 2 } },
  updateMember: { input: { ...bobHere, role: 'manager' }, output: { ...bob, role: 'manager', team_version: 3 } },
  removeMember: { input: bobHere },
};
