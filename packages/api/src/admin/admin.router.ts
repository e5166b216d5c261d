import { AdminStats, ListAllTasksInput, ListUsersInput, NoInput, TaskPage, UserPage } from '@taskmaster/core/contracts';
import { adminExamples } from './admin.examples.ts';
import { problems } from '../shared/problems.ts';
import { adminProcedure, router } from '../trpc.ts';

const tags = ['Admin'];
const rest = { problems: problems('ADMIN_ONLY') };

export const adminRouter = router({
  stats: adminProcedure
    .meta({
      openapi: { method: 'GET', path: '/admin/stats', tags, summary: 'Get statistics for a dashboard' },
      rest: { ...rest, example: adminExamples.stats },
    })
    .input(NoInput)
    .output(AdminStats)
    .query(({ ctx }) => ctx.services.admin.stats(ctx)),

  users: adminProcedure
    .meta({
      openapi: { method: 'GET', path: '/admin/users', tags, summary: 'List every user' },
      rest: { ...rest, example: adminExamples.users },
    })
    .input(ListUsersInput)
    .output(UserPage)
    .query(({ ctx, input }) => ctx.services.admin.users(ctx, input)),

  tasks: adminProcedure
    .meta({
      openapi: { method: 'GET', path: '/admin/tasks', tags, summary: 'List every task' },
      rest: { ...rest, example: adminExamples.tasks },
    })
    .input(ListAllTasksInput)
    .output(TaskPage)
    .query(({ ctx, input }) => ctx.services.admin.tasks(ctx, input)),
});
