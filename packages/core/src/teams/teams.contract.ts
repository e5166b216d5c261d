import { z } from 'zod';
import { ExpectedVersion, Id, text, Timestamp, rule } from '../shared/fields.ts';
import { ListInput, pageOf } from '../shared/page.contract.ts';
import { Email, Username } from '../users/users.contract.ts';
import { teamLimits, teamRoles } from './teams.model.ts';

const Name = text({ min: 1, max: teamLimits.name.max }).meta({ example: 'Platform' });
const Description = text({ max: teamLimits.description.max }).nullable().meta({ example: 'Keeps the lights on' });

const Version = z.int().meta({ description: 'Moves with every change, of the members too.', example: 1 });

const teamFields = {
  id: Id,
  name: z.string().meta({ example: 'Platform' }),
  description: z.string().nullable().meta({ example: 'Keeps the lights on' }),
  owner_id: Id,
  created_at: Timestamp,
  updated_at: Timestamp,
  version: Version,
};

export const Team = z.strictObject(teamFields).meta({ id: 'Team' });
export type Team = z.infer<typeof Team>;

export const TeamMember = z
  .strictObject({
    user: z.strictObject({ id: Id, username: z.string(), full_name: z.string().nullable() }),
    role: z.enum(teamRoles),
    joined_at: Timestamp,
  })
  .meta({ id: 'TeamMember' });
export type TeamMember = z.infer<typeof TeamMember>;

/** What a change of the members answers: the next one may expect this version of the team. */
export const ChangedTeamMember = z
  .strictObject({ ...TeamMember.shape, team_version: Version })
  .meta({ id: 'ChangedTeamMember' });
export type ChangedTeamMember = z.infer<typeof ChangedTeamMember>;

export const TeamDetail = z.strictObject({ ...teamFields, members: z.array(TeamMember) }).meta({ id: 'TeamDetail' });
export type TeamDetail = z.infer<typeof TeamDetail>;

export const TeamPage = pageOf(Team, 'TeamPage');

export const CreateTeamInput = z.strictObject({ name: Name, description: Description.optional() });
export type CreateTeamInput = z.infer<typeof CreateTeamInput>;

export const ListTeamsInput = ListInput;
export type ListTeamsInput = z.infer<typeof ListTeamsInput>;

export const TeamIdInput = z.strictObject({ team_id: Id });
export type TeamIdInput = z.infer<typeof TeamIdInput>;

export const UpdateTeamInput = z.strictObject({
  team_id: Id,
  name: Name.optional(),
  description: Description.optional(),
  expected_version: ExpectedVersion,
});
export type UpdateTeamInput = z.infer<typeof UpdateTeamInput>;

export const DeleteTeamInput = z.strictObject({ team_id: Id, expected_version: ExpectedVersion });
export type DeleteTeamInput = z.infer<typeof DeleteTeamInput>;

export const AddMemberInput = z
  .strictObject({
    team_id: Id,
    user_id: Id.optional(),
    email: Email.optional(),
    username: Username.optional(),
    role: z.enum(teamRoles).default('member'),
    expected_version: ExpectedVersion,
  })
  .refine(
    ({ user_id, email, username }) => [user_id, email, username].filter((one) => one !== undefined).length === 1,
    { ...rule('not_exactly_one', 'Give exactly one of user_id, email and username'), path: ['user_id'] },
  );
export type AddMemberInput = z.infer<typeof AddMemberInput>;

export const UpdateMemberInput = z.strictObject({
  team_id: Id,
  user_id: Id,
  role: z.enum(teamRoles),
  expected_version: ExpectedVersion,
});
export type UpdateMemberInput = z.infer<typeof UpdateMemberInput>;

export const RemoveMemberInput = z.strictObject({ team_id: Id, user_id: Id, expected_version: ExpectedVersion });
export type RemoveMemberInput = z.infer<typeof RemoveMemberInput>;
