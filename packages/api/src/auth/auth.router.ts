import { LoginInput, RefreshInput, RegisterInput, TokenPair, User } from '@taskmaster/core/contracts';
import { z } from 'zod';
import { authExamples } from './auth.examples.ts';
import { problems } from '../shared/problems.ts';
import { publicProcedure, repeatablePublicProcedure, router } from '../trpc.ts';

const tags = ['Authentication'];

export const authRouter = router({
  register: repeatablePublicProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/register',
        tags,
        summary: 'Register a new user',
        description: 'Limited per address.',
        protect: false,
      },
      rest: {
        example: authExamples.register,
        status: 201,
        // Who is not an admin may not read `/users/{id}`, not even of themselves.
        location: '/users/me',
        problems: problems('EMAIL_TAKEN', 'USERNAME_TAKEN', 'RATE_LIMITED'),
      },
    })
    .input(RegisterInput)
    .output(User)
    .mutation(({ ctx, input }) => ctx.services.auth.register(ctx, input)),

  login: publicProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/login',
        tags,
        summary: 'Log in with e-mail or username',
        description:
          'Starts a session. Limited per address; a wrong name, a wrong password and an inactive user look alike.',
        protect: false,
      },
      rest: { example: authExamples.login, problems: problems('INVALID_CREDENTIALS', 'RATE_LIMITED') },
    })
    .input(LoginInput)
    .output(TokenPair)
    .mutation(({ ctx, input }) => ctx.services.auth.login(ctx, input)),

  refresh: publicProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/refresh',
        tags,
        summary: 'Get a new pair of tokens',
        description:
          'Spends the refresh token. For 10 s it may be presented again and gives the same successor; later that ends the session.',
        protect: false,
      },
      rest: { example: authExamples.refresh, problems: problems('INVALID_REFRESH_TOKEN') },
    })
    .input(RefreshInput)
    .output(TokenPair)
    .mutation(({ ctx, input }) => ctx.services.auth.refresh(ctx, input)),

  logout: publicProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/logout',
        tags,
        summary: 'End a session',
        description: 'Ends the session of the refresh token: its tokens at once, its sockets within a second.',
        protect: false,
      },
      rest: { example: authExamples.logout, status: 204 },
    })
    .input(RefreshInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.auth.logout(ctx, input)),
});
