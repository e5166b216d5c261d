import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ByteRange, OpenFile } from '@taskmaster/api';
import type { Attachment } from '@taskmaster/core/contracts';
import { AttachmentIdInput } from '@taskmaster/core/contracts';
import type { RawRoute } from '@taskmaster/rest';
import { parseRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';
import { downloadDocument, downloadProblems } from './download-document.ts';
import { asActor } from './as-actor.ts';
import type { TransferPace } from './transfer-pace.ts';
import { longestTransferMs } from './transfer-pace.ts';
import type { UploadRoutesOptions } from './upload-routes.ts';

/** `GET /tasks/{task_id}/attachments/{attachment_id}/download`: streamed, whole or a range of it. */
export function downloadRoute({ attachments, createContext, pace }: UploadRoutesOptions): RawRoute {
  return {
    id: 'attachments.download',
    method: 'GET',
    path: '/tasks/{task_id}/attachments/{attachment_id}/download',
    document: downloadDocument,
    problems: downloadProblems,
    handle: ({ req, res, params, signal }) =>
      asActor(createContext(req), 'attachments.download', async (ctx) => {
        const input = AttachmentIdInput.parse(params);
        const { attachment, open } = await attachments.download(ctx, input);
        const etag = `"${attachment.sha256}"`;
        // Kept by nobody else, and by the caller only to ask again whether it may.
        const validators = { etag, 'cache-control': 'private, no-cache' };
        if (isNamed(etag, req.headers['if-none-match'])) {
          res.writeHead(304, validators).end();
          return;
        }
        const range = rangeOf(req, etag, attachment.size_bytes);
        const send = () => res.writeHead(range ? 206 : 200, { ...validators, ...fileHeaders(attachment, range) });
        if (req.method === 'HEAD') {
          send().end();
          return;
        }
        const file = await open(range);
        send();
        using _ = cutOffSlowReader(res, pace, range ? range.end - range.start + 1 : attachment.size_bytes);
        await stream(file, res, signal);
      }),
  };
}

/** Our tag has neither quote nor comma in it: where the header holds it, the header names it. */
const isNamed = (etag: string, header: string | undefined) => header?.trim() === '*' || header?.includes(etag) === true;

/** `If-Range` asks for the range only if the file is still the one that the caller has a part of. HEAD has no ranges. */
function rangeOf(req: IncomingMessage, etag: string, sizeBytes: number): ByteRange | undefined {
  const condition = req.headers['if-range'];
  const isWanted = req.method === 'GET' && (condition === undefined || condition === etag);
  return isWanted ? parseRange(req.headers.range, sizeBytes) : undefined;
}

/** Whatever the bytes are, no browser shows them, nor, by the headers of every answer, runs them here. */
function fileHeaders({ filename, content_type, size_bytes }: Attachment, range: ByteRange | undefined) {
  return {
    'content-type': content_type,
    'content-disposition': contentDisposition(filename),
    'content-length': range ? range.end - range.start + 1 : size_bytes,
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size_bytes}` }),
  };
}

/** It holds an open file. To be disposed of at the end: one listener to the answer more, and Node warns of a leak. */
function cutOffSlowReader(res: ServerResponse, pace: TransferPace, sizeBytes: number): Disposable {
  const cutOff = () => void res.destroy();
  res.setTimeout(pace.stallTimeoutMs, cutOff);
  return setTimeout(cutOff, longestTransferMs(pace, sizeBytes));
}

async function stream(file: OpenFile, res: ServerResponse, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(file, res);
  } catch (error) {
    // A client that left is nobody's error.
    signal.throwIfAborted();
    throw error;
  } finally {
    // Of a client that left while the file was opened: pipeline refuses a closed answer, and does not look at the file.
    file.destroy();
  }
}
