import type { Attachment } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const attachment: Attachment = {
  id: exampleIds.attachment,
  task_id: exampleIds.task,
  uploader_id: exampleIds.ann,
  filename: 'report.pdf',
  content_type: 'application/pdf',
  size_bytes: 48_213,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  created_at: exampleTimes.created_at,
};

const { id: attachment_id, task_id } = attachment;

export const attachmentExamples = {
  list: { input: { task_id, ...examplePaging }, output: examplePage(attachment) },
  delete: { input: { task_id, attachment_id } },
};
