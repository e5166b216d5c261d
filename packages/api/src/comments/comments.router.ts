import {
  Comment,
  CommentPage,
  CreateCommentInput,
  DeleteCommentInput,
  ListCommentsInput,
  UpdateCommentInput,
} from '@taskmaster/core/contracts';
import { z } from 'zod';
import { commentExamples } from './comments.examples.ts';
import { problems } from '../shared/problems.ts';
import { router, userProcedure } from '../trpc.ts';

const tags = ['Comments'];
const writing = problems('FORBIDDEN', 'TASK_NOT_FOUND', 'COMMENT_NOT_FOUND', 'STALE_VERSION');

export const commentsRouter = router({
  list: userProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/tasks/{task_id}/comments',
        tags,
        summary: 'List the comments on a task',
        description: 'In the order in which they were written.',
      },
      rest: { example: commentExamples.list, problems: problems('TASK_NOT_FOUND') },
    })
    .input(ListCommentsInput)
    .output(CommentPage)
    .query(({ ctx, input }) => ctx.services.comments.list(ctx, input)),

  create: userProcedure
    .meta({
      openapi: { method: 'POST', path: '/tasks/{task_id}/comments', tags, summary: 'Comment on a task' },
      rest: {
        example: commentExamples.create,
        status: 201,
        location: '/tasks/{task_id}/comments',
        problems: problems('TASK_NOT_FOUND'),
      },
    })
    .input(CreateCommentInput)
    .output(Comment)
    .mutation(({ ctx, input }) => ctx.services.comments.create(ctx, input)),

  update: userProcedure
    .meta({
      openapi: { method: 'PUT', path: '/tasks/{task_id}/comments/{comment_id}', tags, summary: 'Edit a comment' },
      rest: { example: commentExamples.update, problems: writing },
    })
    .input(UpdateCommentInput)
    .output(Comment)
    .mutation(({ ctx, input }) => ctx.services.comments.update(ctx, input)),

  delete: userProcedure
    .meta({
      openapi: { method: 'DELETE', path: '/tasks/{task_id}/comments/{comment_id}', tags, summary: 'Delete a comment' },
      rest: { example: commentExamples.delete, status: 204, problems: writing },
    })
    .input(DeleteCommentInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.comments.delete(ctx, input)),
});
