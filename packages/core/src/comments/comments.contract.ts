import { z } from 'zod';
import { ExpectedVersion, Id, text, Timestamp } from '../shared/fields.ts';
import { PageQuery, pageOf } from '../shared/page.contract.ts';
import { commentLimits } from './comments.model.ts';

const Content = text({ min: 1, max: commentLimits.content.max }).meta({ example: 'Looks good to me.' });

export const Comment = z
  .strictObject({
    id: Id,
    task_id: Id,
    author_id: Id,
    content: z.string().meta({ example: 'Looks good to me.' }),
    created_at: Timestamp,
    updated_at: Timestamp,
    version: z.int().meta({ example: 1 }),
  })
  .meta({ id: 'Comment' });
export type Comment = z.infer<typeof Comment>;

export const CommentPage = pageOf(Comment, 'CommentPage');

export const ListCommentsInput = PageQuery.extend({ task_id: Id });
export type ListCommentsInput = z.infer<typeof ListCommentsInput>;

export const CreateCommentInput = z.strictObject({ task_id: Id, content: Content });
export type CreateCommentInput = z.infer<typeof CreateCommentInput>;

export const UpdateCommentInput = z.strictObject({
  task_id: Id,
  comment_id: Id,
  content: Content,
  expected_version: ExpectedVersion,
});
export type UpdateCommentInput = z.infer<typeof UpdateCommentInput>;

export const DeleteCommentInput = z.strictObject({ task_id: Id, comment_id: Id, expected_version: ExpectedVersion });
export type DeleteCommentInput = z.infer<typeof DeleteCommentInput>;
