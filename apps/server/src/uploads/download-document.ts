import { AttachmentIdInput } from '@taskmaster/core/contracts';
import type { ErrorCode } from '@taskmaster/core/errors';
import type { RawRoute } from '@taskmaster/rest';
import { z } from 'zod';
import { contentDisposition } from './content-disposition.ts';
import { exampleAttachment } from './example-attachment.ts';

export const downloadProblems = [
  'TASK_NOT_FOUND',
  'ATTACHMENT_NOT_FOUND',
  'RANGE_NOT_SATISFIABLE',
  'VALIDATION_FAILED',
  'UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

type Document = NonNullable<RawRoute['document']>;

const header = (description: string, example?: string) => ({
  description,
  schema: { type: 'string' as const },
  ...(example !== undefined && { example }),
});
const etag = header('The SHA-256 of the file, in quotes.', `"${exampleAttachment.sha256}"`);
const fileHeaders = {
  ETag: etag,
  'Content-Disposition': header('Always an attachment.', contentDisposition(exampleAttachment.filename)),
  'Content-Length': { description: 'Of this answer, in bytes.', schema: { type: 'integer' as const } },
  'Accept-Ranges': header('`bytes`', 'bytes'),
};
const content = { '*/*': { schema: { type: 'string' as const, format: 'binary' } } };

const conditions = z.object({
  Range: z
    .string()
    .optional()
    .meta({ description: 'One range of bytes. Anything else is ignored.', example: 'bytes=0-1023' }),
  'If-Range': z.string().optional().meta({ description: 'The ETag that the range belongs to.' }),
  'If-None-Match': z.string().optional().meta({ description: 'The ETags that the caller has.' }),
});

export const downloadDocument: Document = {
  summary: 'Download an attachment',
  description: 'The very bytes that were uploaded, under the type that was recognised in them.',
  tags: ['Attachments'],
  requestParams: { path: AttachmentIdInput, header: conditions },
  responses: {
    200: { description: 'The file.', headers: fileHeaders, content },
    206: {
      description: 'The range that was asked for.',
      headers: { ...fileHeaders, 'Content-Range': header('Which bytes of how many.', 'bytes 0-1023/48213') },
      content,
    },
    304: { description: 'The caller has the file already.', headers: { ETag: etag } },
  },
};
