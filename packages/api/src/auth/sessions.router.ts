import { ListSessionsInput, NoInput, SessionIdInput, SessionPage } from '@taskmaster/core/contracts';
import { z } from 'zod';
import { problems } from '../shared/problems.ts';
import { router, userProcedure } from '../trpc.ts';
import { sessionExamples } from './sessions.examples.ts';

const tags = ['Authentication'];

export const sessionsRouter = router({
  list: userProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/auth/sessions',
        tags,
        summary: 'List my sessions',
        description: 'Where I am logged in, the last used first.',
      },
      rest: { example: sessionExamples.list },
    })
    .input(ListSessionsInput)
    .output(SessionPage)
    .query(({ ctx, input }) => ctx.services.sessions.list(ctx, input)),

  end: userProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/auth/sessions/{session_id}',
        tags,
        summary: 'End one of my sessions',
        description: 'Its tokens end at once, its sockets within a second. It may be the session of this request.',
      },
      rest: { example: sessionExamples.end, status: 204, problems: problems('SESSION_NOT_FOUND') },
    })
    .input(SessionIdInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.sessions.end(ctx, input)),

  endAll: userProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/auth/logout-all',
        tags,
        summary: 'End all my sessions',
        description: 'That of this request too: tokens end at once, sockets within a second.',
      },
      rest: { example: sessionExamples.endAll, status: 204 },
    })
    .input(NoInput)
    .output(z.void())
    .mutation(({ ctx }) => ctx.services.sessions.endAll(ctx)),
});
