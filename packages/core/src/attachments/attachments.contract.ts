import { z } from 'zod';
import { Id, Timestamp } from '../shared/fields.ts';
import { PageQuery, pageOf } from '../shared/page.contract.ts';

export const Attachment = z
  .strictObject({
    id: Id,
    task_id: Id,
    uploader_id: Id,
    filename: z.string().meta({ example: 'report.pdf' }),
    content_type: z.string().meta({
      description: 'Recognised from the content; of a text, from a few extensions of its name, such as `.json`.',
      example: 'application/pdf',
    }),
    size_bytes: z.int().meta({ example: 48_213 }),
    sha256: z.string().meta({ description: 'Of the content, in lower-case hexadecimal digits.' }),
    created_at: Timestamp,
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof Attachment>;

export const AttachmentPage = pageOf(Attachment, 'AttachmentPage');

export const ListAttachmentsInput = PageQuery.extend({ task_id: Id });
export type ListAttachmentsInput = z.infer<typeof ListAttachmentsInput>;

export const AttachmentIdInput = z.strictObject({ task_id: Id, attachment_id: Id });
export type AttachmentIdInput = z.infer<typeof AttachmentIdInput>;
