import { TaskIdInput } from '@taskmaster/core/contracts';
import type { RawRoute } from '@taskmaster/rest';
import { readUpload } from './read-upload.ts';
import { asActor } from './as-actor.ts';
import { uploadDocument, uploadProblems } from './upload-document.ts';
import type { UploadRoutesOptions } from './upload-routes.ts';

/** `POST /tasks/{task_id}/attachments`, as multipart. Who may not do it is told so before a byte is read. */
export function uploadRoute(options: UploadRoutesOptions): RawRoute {
  const { attachments, basePath, createContext, maxFileBytes, pace } = options;
  const limits = { maxFileBytes, pace };
  return {
    id: 'attachments.upload',
    method: 'POST',
    path: '/tasks/{task_id}/attachments',
    document: uploadDocument(maxFileBytes),
    problems: uploadProblems,
    handle: ({ req, res, params, signal }) =>
      asActor(createContext(req), 'attachments.upload', async (ctx) => {
        const input = TaskIdInput.parse(params);
        const attachment = await attachments.upload(ctx, input, (store) => readUpload(req, { limits, signal }, store));
        const body = JSON.stringify(attachment);
        res.writeHead(201, {
          location: `${basePath}/tasks/${attachment.task_id}/attachments/${attachment.id}/download`,
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        });
        res.end(body);
      }),
  };
}
