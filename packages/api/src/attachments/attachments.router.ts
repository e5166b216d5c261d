import { AttachmentIdInput, AttachmentPage, ListAttachmentsInput } from '@taskmaster/core/contracts';
import { z } from 'zod';
import { attachmentExamples } from './attachments.examples.ts';
import { problems } from '../shared/problems.ts';
import { router, userProcedure } from '../trpc.ts';

const tags = ['Attachments'];

/** Upload and download stream bytes: they are routes of the server, outside tRPC, over the same service. */
export const attachmentsRouter = router({
  list: userProcedure
    .meta({
      openapi: { method: 'GET', path: '/tasks/{task_id}/attachments', tags, summary: 'List the attachments of a task' },
      rest: { example: attachmentExamples.list, problems: problems('TASK_NOT_FOUND') },
    })
    .input(ListAttachmentsInput)
    .output(AttachmentPage)
    .query(({ ctx, input }) => ctx.services.attachments.list(ctx, input)),

  delete: userProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/tasks/{task_id}/attachments/{attachment_id}',
        tags,
        summary: 'Delete an attachment',
      },
      rest: {
        example: attachmentExamples.delete,
        status: 204,
        problems: problems('FORBIDDEN', 'TASK_NOT_FOUND', 'ATTACHMENT_NOT_FOUND'),
      },
    })
    .input(AttachmentIdInput)
    .output(z.void())
    .mutation(({ ctx, input }) => ctx.services.attachments.delete(ctx, input)),
});
