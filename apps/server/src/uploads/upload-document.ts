import { Attachment, TaskIdInput } from '@taskmaster/core/contracts';
import type { ErrorCode } from '@taskmaster/core/errors';
import type { RawRoute } from '@taskmaster/rest';
import { replayed } from '../docs/idempotency-headers.ts';
import { exampleAttachment } from './example-attachment.ts';
import { fileField } from './upload-problems.ts';

export const uploadProblems = [
  'MALFORMED_UPLOAD',
  'TASK_NOT_FOUND',
  'REQUEST_TIMEOUT',
  'FILE_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'VALIDATION_FAILED',
  'UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

export const uploadDocument = (maxFileBytes: number): NonNullable<RawRoute['document']> => ({
  summary: 'Attach a file to a task',
  description: [
    `One file of at most ${maxFileBytes} bytes. Its type is recognised from its content; its name is kept without a path,`,
    'without control characters, and at a length of at most 255.',
  ].join(' '),
  tags: ['Attachments'],
  requestParams: { path: TaskIdInput },
  requestBody: {
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: {
            [fileField]: { type: 'string', format: 'binary', description: 'The file, with its filename.' },
          },
          required: [fileField],
          additionalProperties: false,
        },
      },
    },
  },
  responses: {
    201: {
      description: 'Made.',
      headers: {
        Location: { description: 'Where what was made is found.', schema: { type: 'string' } },
        ...replayed,
      },
      content: { 'application/json': { schema: Attachment, example: exampleAttachment } },
    },
  },
});
