import {
  AddMemberInput,
  ChangedTeamMember,
  CreateTeamInput,
  DeleteTeamInput,
  ListTeamsInput,
  RemoveMemberInput,
  Team,
  TeamDetail,
  TeamIdInput,
  TeamPage,
  UpdateMemberInput,
  UpdateTeamInput,
} from '@taskmaster/core/contracts';
import { z } from 'zod';
import { teamExamples } from './teams.examples.ts';
import { problems } from '../shared/problems.ts';
import { router, userProcedure } from '../trpc.ts';

const tags = ['Teams'];

export const teamsRouter = router({
  create: userProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/teams',
        tags,
        summary: 'Create a team',
        description: 'The caller owns it, and is its first manager.',
      },
      rest: { example: teamExamples.create, status: 201, location: '/teams/{id}' },
    })
    .input(CreateTeamInput)
    .output(Team)
    .mutation(({ ctx, input }) => ctx.services.teams.create(ctx, input)),

  list: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/teams', tags, summary: 'List my teams' },
      rest: { example: teamExamples.list },
    })
    .input(ListTeamsInput)
    .output(TeamPage)
    .query(({ ctx, input }) => ctx.services.teams.list(ctx, input)),

  get: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/teams/{team_id}', tags, summary: 'Get a team with its members' },
      rest: { example: teamExamples.get, problems: problems('TEAM_NOT_FOUND') },
    })
    .input(TeamIdInput)
    .output(TeamDetail)
    .query(({ ctx, input }) => ctx.services.teams.get(ctx, input)),

  update: userProcedure
    .meta({
      openapi: { method: 'PUT', path: '/teams/{team_id}', tags, summary: 'Update a team' },
      rest: { example: teamExamples.update, problems: problems('FORBIDDEN', 'TEAM_NOT_FOUND', 'STALE_VERSION') },
    })
    .input(UpdateTeamInput)
    .output(Team)
    .mutation(({ ctx, input }) => ctx.services.teams.update(ctx, input)),

  delete: userProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/teams/{team_id}',
        tags,
        summary: 'Delete a team',
        description: 'Deletes its tasks and all that hangs on them. The activity log keeps the record.',
      },
      rest: {
        example: teamExamples.delete,
        status: 204,
        problems: problems('FORBIDDEN', 'TEAM_NOT_FOUND', 'STALE_VERSION'),
      },
    })
    .input(DeleteTeamInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.teams.delete(ctx, input)),

  addMember: userProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/teams/{team_id}/members',
        tags,
        summary: 'Add a member',
        description: 'By exactly one of user_id, email and username. Only owner and admin may add a manager.',
      },
      rest: {
        example: teamExamples.addMember,
        status: 201,
        location: '/teams/{team_id}',
        problems: problems('FORBIDDEN', 'TEAM_NOT_FOUND', 'ALREADY_MEMBER', 'STALE_VERSION'),
      },
    })
    .input(AddMemberInput)
    .output(ChangedTeamMember)
    .mutation(({ ctx, input }) => ctx.services.teams.addMember(ctx, input)),

  updateMember: userProcedure
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/teams/{team_id}/members/{user_id}',
        tags,
        summary: "Change a member's role",
      },
      rest: {
        example: teamExamples.updateMember,
        problems: problems('FORBIDDEN', 'TEAM_NOT_FOUND', 'MEMBER_NOT_FOUND', 'OWNER_MUST_STAY', 'STALE_VERSION'),
      },
    })
    .input(UpdateMemberInput)
    .output(ChangedTeamMember)
    .mutation(({ ctx, input }) => ctx.services.teams.updateMember(ctx, input)),

  removeMember: userProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/teams/{team_id}/members/{user_id}',
        tags,
        summary: 'Remove a member, or leave',
        description: 'What was assigned to the member in this team is unassigned. The owner stays.',
      },
      rest: {
        example: teamExamples.removeMember,
        status: 204,
        problems: problems('FORBIDDEN', 'TEAM_NOT_FOUND', 'MEMBER_NOT_FOUND', 'OWNER_MUST_STAY', 'STALE_VERSION'),
      },
    })
    .input(RemoveMemberInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.teams.removeMember(ctx, input)),
});
