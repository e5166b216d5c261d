import type { Attachment } from '@taskmaster/core/contracts';

/** For the document. */
export const exampleAttachment: Attachment = {
  id: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11',
  task_id: '01997d3e-1f2a-7b0c-9d4e-3a5b6c7d8e9f',
  uploader_id: '01997d3d-0c1b-7a29-8f37-6e5d4c3b2a19',
  filename: 'report.pdf',
  content_type: 'application/pdf',
  size_bytes: 48_213,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  created_at: '2026-11-22T09:30:00.000Z',
};
