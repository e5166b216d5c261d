import type { Attachment } from '@taskmaster/core/contracts';
import type { AttachmentRow } from './attachments.repository.ts';

/** The storage key stays on the server. */
export const presentAttachment = (row: AttachmentRow): Attachment => ({
  id: row.id,
  task_id: row.task_id,
  uploader_id: row.uploader_id,
  filename: row.filename,
  content_type: row.content_type,
  size_bytes: row.size_bytes,
  sha256: row.sha256,
  created_at: row.created_at.toISOString(),
});
