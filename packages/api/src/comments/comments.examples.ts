import type { Comment } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const comment: Comment = {
  id: exampleIds.comment,
  task_id: exampleIds.task,
  author_id: exampleIds.bob,
  content: 'Looks good to me.',
  ...exampleTimes,
  version: 2,
};

const { id: comment_id, task_id, content } = comment;

export const commentExamples = {
  list: { input: { task_id, ...examplePaging }, output: examplePage(comment) },
  create: {
    input: { task_id, content },
    output: { ...comment, updated_at: comment.created_at, version: 1 },
  },
  update: { input: { task_id, comment_id, content }, output: comment },
  delete: { input: { task_id, comment_id } },
};
