import type { Comment } from '@taskmaster/core/contracts';
import type { CommentRow } from './comments.repository.ts';

export const presentComment = (row: CommentRow): Comment => ({
  id: row.id,
  task_id: row.task_id,
  author_id: row.author_id,
  content: row.content,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
  version: row.version,
});
