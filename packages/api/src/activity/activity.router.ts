import { ActivityPage, ListActivityInput, ListTaskActivityInput } from '@taskmaster/core/contracts';
import { activityExamples } from './activity.examples.ts';
import { problems } from '../shared/problems.ts';
import { adminProcedure, router, userProcedure } from '../trpc.ts';

const tags = ['Activity'];
const description = 'The newest first.';

export const activityRouter = router({
  mine: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/activity', tags, summary: 'List my activity', description },
      rest: { example: activityExamples.mine },
    })
    .input(ListActivityInput)
    .output(ActivityPage)
    .query(({ ctx, input }) => ctx.services.activity.mine(ctx, input)),

  byTask: userProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/activity/task/{task_id}',
        tags,
        summary: 'List the activity on a task',
        description,
      },
      rest: { example: activityExamples.byTask, problems: problems('TASK_NOT_FOUND') },
    })
    .input(ListTaskActivityInput)
    .output(ActivityPage)
    .query(({ ctx, input }) => ctx.services.activity.byTask(ctx, input)),

  all: adminProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/activity/admin',
        tags,
        summary: 'List all activity of the system',
        description,
      },
      rest: { example: activityExamples.all, problems: problems('ADMIN_ONLY') },
    })
    .input(ListActivityInput)
    .output(ActivityPage)
    .query(({ ctx, input }) => ctx.services.activity.all(ctx, input)),
});
