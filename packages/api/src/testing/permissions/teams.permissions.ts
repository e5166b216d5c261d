import { admin, managers, owners, teamAndAdmin } from './actor-groups.ts';
import type { Fixture } from './fixture.ts';
import type { Input, PermissionRow } from './model.ts';
import type { More } from './rules.ts';
import { forEverybody, withMore } from './rules.ts';
import { onTeam } from './team-rules.ts';

const ofMember = (user: (fixture: Fixture, asker: string) => string, more: More = {}): Input =>
  withMore((fixture, asker) => ({ team_id: fixture.team_id, user_id: user(fixture, asker) }), more);

export const teamsPermissions: readonly PermissionRow[] = [
  { operation: 'teams.create', kind: 'mutation', subjects: forEverybody(() => ({ name: 'mine' })) },
  { operation: 'teams.list', kind: 'query', subjects: forEverybody() },
  { operation: 'teams.get', kind: 'query', subjects: onTeam(teamAndAdmin) },
  { operation: 'teams.update', kind: 'mutation', subjects: onTeam(owners, { name: 'renamed' }) },
  { operation: 'teams.delete', kind: 'mutation', subjects: onTeam(owners) },
  {
    operation: 'teams.addMember',
    kind: 'mutation',
    subjects: {
      ...onTeam(managers, ({ bystander_id }) => ({ user_id: bystander_id })),
      manager_member: {
        input: ({ team_id, bystander_id }) => ({ team_id, user_id: bystander_id, role: 'manager' }),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
  {
    operation: 'teams.updateMember',
    kind: 'mutation',
    subjects: {
      own: {
        input: ofMember(({ plain_member_id }) => plain_member_id, { role: 'manager' }),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      wrong_parent: {
        input: ofMember(({ bystander_id }) => bystander_id, { role: 'manager' }),
        may: [],
        refused: { MEMBER_NOT_FOUND: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      owner_member: {
        input: ofMember(({ team_owner_id }) => team_owner_id, { role: 'member' }),
        may: [],
        refused: { OWNER_MUST_STAY: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      others: {
        input: ({ foreign_team_id, stranger_member_id }) => ({
          team_id: foreign_team_id,
          user_id: stranger_member_id,
          role: 'manager',
        }),
        may: admin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
  {
    operation: 'teams.removeMember',
    kind: 'mutation',
    subjects: {
      own: {
        input: ofMember(({ plain_member_id }) => plain_member_id),
        may: managers,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      manager_member: {
        input: ofMember(({ plain_manager_id }) => plain_manager_id),
        may: owners,
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      owner_member: {
        input: ofMember(({ team_owner_id }) => team_owner_id),
        may: [],
        refused: { OWNER_MUST_STAY: owners },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      wrong_parent: {
        input: ofMember(({ bystander_id }) => bystander_id),
        may: [],
        refused: { MEMBER_NOT_FOUND: managers },
        sees: teamAndAdmin,
        otherwise: 'TEAM_NOT_FOUND',
      },
      themselves: {
        input: ofMember((_, asker) => asker),
        may: ['member', 'manager', 'creator', 'assignee'],
        refused: { OWNER_MUST_STAY: ['team_owner'], MEMBER_NOT_FOUND: ['admin'] },
        otherwise: 'TEAM_NOT_FOUND',
      },
      others: {
        input: ({ foreign_team_id, stranger_member_id }) => ({ team_id: foreign_team_id, user_id: stranger_member_id }),
        may: admin,
        otherwise: 'TEAM_NOT_FOUND',
      },
    },
  },
];
