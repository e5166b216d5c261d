import {
  ArchiveTaskInput,
  AssignTaskInput,
  CreateTaskInput,
  ListTasksInput,
  ListTeamTasksInput,
  Task,
  TaskIdInput,
  TaskPage,
  UpdateTaskInput,
  WatchTasksInput,
} from '@taskmaster/core/contracts';
import { z } from 'zod';
import { taskExamples } from './tasks.examples.ts';
import { problems } from '../shared/problems.ts';
import { trackedEvents } from '../shared/tracked-events.ts';
import { router, userProcedure } from '../trpc.ts';

const tags = ['Tasks'];
const writing = problems('FORBIDDEN', 'TASK_NOT_FOUND', 'STALE_VERSION');

const update = userProcedure.input(UpdateTaskInput).output(Task);

export const tasksRouter = router({
  create: userProcedure
    .meta({
      openapi: { method: 'POST', path: '/tasks', tags, summary: 'Create a task' },
      rest: { example: taskExamples.create, status: 201, location: '/tasks/{id}' },
    })
    .input(CreateTaskInput)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.create(ctx, input)),

  list: userProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/tasks',
        tags,
        summary: 'List tasks',
        description:
          'Those of my teams, and without a team those that I made or have. Different filters are all required.',
      },
      rest: { example: taskExamples.list },
    })
    .input(ListTasksInput)
    .output(TaskPage)
    .query(({ ctx, input }) => ctx.services.tasks.list(ctx, input)),

  listByTeam: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/tasks/team/{team_id}', tags, summary: "List a team's tasks" },
      rest: { example: taskExamples.listByTeam, problems: problems('TEAM_NOT_FOUND') },
    })
    .input(ListTeamTasksInput)
    .output(TaskPage)
    .query(({ ctx, input }) => ctx.services.tasks.listByTeam(ctx, input)),

  get: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/tasks/{task_id}', tags, summary: 'Get a task' },
      rest: { example: taskExamples.get, problems: problems('TASK_NOT_FOUND') },
    })
    .input(TaskIdInput)
    .output(Task)
    .query(({ ctx, input }) => ctx.services.tasks.get(ctx, input)),

  update: update
    .meta({
      openapi: {
        method: 'PUT',
        path: '/tasks/{task_id}',
        tags,
        summary: 'Update a task',
        description:
          'Takes any subset of the fields; an explicit null clears a nullable one. The assignee may change the status alone.',
      },
      rest: { example: taskExamples.update, problems: writing },
    })
    .mutation(({ ctx, input }) => ctx.services.tasks.update(ctx, input)),

  patch: update
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/tasks/{task_id}',
        tags,
        summary: 'Update a task in part',
        description: 'The same as PUT, which takes any subset of the fields too.',
      },
      rest: { example: taskExamples.patch, problems: writing },
    })
    .mutation(({ ctx, input }) => ctx.services.tasks.update(ctx, input)),

  archive: userProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/tasks/{task_id}',
        tags,
        summary: 'Archive a task',
        description: 'It remains readable; `is_archived: false` restores it.',
      },
      rest: { example: taskExamples.archive, status: 204, problems: writing },
    })
    .input(ArchiveTaskInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.tasks.archive(ctx, input)),

  assign: userProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/tasks/{task_id}/assign',
        tags,
        summary: 'Assign a task',
        description: "To a member of the task's team; without a team, to any active user. `null` unassigns.",
      },
      rest: { example: taskExamples.assign, problems: writing },
    })
    .input(AssignTaskInput)
    .output(Task)
    .mutation(({ ctx, input }) => ctx.services.tasks.assign(ctx, input)),

  onChange: userProcedure
    .meta({ rest: { noRestReason: 'A subscription: it is served over the socket at /trpc.' } })
    .input(WatchTasksInput)
    .subscription(({ ctx, input, signal }) =>
      trackedEvents((stop) => ctx.services.tasks.watch(ctx, input, stop), signal),
    ),
});
