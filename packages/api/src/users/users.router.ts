import {
  ChangePasswordInput,
  ListUsersInput,
  NoInput,
  UpdateMeInput,
  UpdateUserInput,
  User,
  UserIdInput,
  UserPage,
} from '@taskmaster/core/contracts';
import { z } from 'zod';
import { userExamples } from './users.examples.ts';
import { problems } from '../shared/problems.ts';
import { adminProcedure, router, userProcedure } from '../trpc.ts';

const tags = ['Users'];

export const usersRouter = router({
  me: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/users/me', tags, summary: 'Get my profile' },
      rest: { example: userExamples.me },
    })
    .input(NoInput)
    .output(User)
    .query(({ ctx }) => ctx.services.users.me(ctx)),

  updateMe: userProcedure
    .meta({
      openapi: { method: 'PUT', path: '/users/me', tags, summary: 'Update my profile' },
      rest: { example: userExamples.updateMe, problems: problems('EMAIL_TAKEN', 'USERNAME_TAKEN') },
    })
    .input(UpdateMeInput)
    .output(User)
    .mutation(({ ctx, input }) => ctx.services.users.updateMe(ctx, input)),

  changePassword: userProcedure
    .meta({
      openapi: {
        method: 'PUT',
        path: '/users/me/password',
        tags,
        summary: 'Change my password',
        description: 'Ends all my other sessions.',
      },
      rest: { example: userExamples.changePassword, status: 204 },
    })
    .input(ChangePasswordInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.users.changePassword(ctx, input)),

  list: adminProcedure
    .meta({
      openapi: { method: 'GET', path: '/users', tags, summary: 'List all users' },
      rest: { example: userExamples.list, problems: problems('ADMIN_ONLY') },
    })
    .input(ListUsersInput)
    .output(UserPage)
    .query(({ ctx, input }) => ctx.services.users.list(ctx, input)),

  get: adminProcedure
    .meta({
      openapi: { method: 'GET', path: '/users/{user_id}', tags, summary: 'Get a user' },
      rest: { example: userExamples.get, problems: problems('ADMIN_ONLY', 'USER_NOT_FOUND') },
    })
    .input(UserIdInput)
    .output(User)
    .query(({ ctx, input }) => ctx.services.users.get(ctx, input)),

  update: adminProcedure
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/users/{user_id}',
        tags,
        summary: 'Change the role or the status of a user',
        description:
          'Deactivation ends all sessions of the user. The last active admin stays one. Who was erased stays so.',
      },
      rest: {
        example: userExamples.update,
        problems: problems('ADMIN_ONLY', 'USER_NOT_FOUND', 'USER_ERASED', 'LAST_ADMIN'),
      },
    })
    .input(UpdateUserInput)
    .output(User)
    .mutation(({ ctx, input }) => ctx.services.users.update(ctx, input)),

  deactivate: adminProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/users/{user_id}',
        tags,
        summary: 'Deactivate a user',
        description: 'The user remains, cannot log in, and all sessions end. The last active admin stays.',
      },
      rest: {
        example: userExamples.deactivate,
        status: 204,
        problems: problems('ADMIN_ONLY', 'USER_NOT_FOUND', 'LAST_ADMIN'),
      },
    })
    .input(UserIdInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.users.deactivate(ctx, input)),
});
