import type { Attachment } from '@taskmaster/core/contracts';
import { fromProblem } from '../errors/from-problem.ts';
import type { Fetch } from '../http/fetch.ts';
import { networkFetch } from '../http/fetch.ts';
import type { CallOptions } from '../http/rpc.ts';
import type { Session } from '../session/session.ts';
import { withToken } from '../session/session.ts';
import { trusted } from '../trusted.ts';
import { readAnswer } from './read-answer.ts';
import { sendForm, sendStream } from './send-by-fetch.ts';
import { sendByXhr } from './send-by-xhr.ts';
import type { Upload, UploadProgress } from './transfer.ts';

export interface UploadOptions extends CallOptions {
  /** By default the name of a `File`, and `file` for a plain `Blob`. */
  filename?: string;
  /** Called as the file goes out; again from the beginning if the upload has to be repeated with a new token. */
  onProgress?: (progress: UploadProgress) => void;
}

export interface DownloadOptions extends CallOptions {
  /** An HTTP range such as `bytes=0-1023`. */
  range?: string;
}

export interface Transfers {
  /** Attaches a file to a task. Throws `TASK_NOT_FOUND`, `FILE_TOO_LARGE`, `VALIDATION_FAILED`. */
  upload: (task_id: string, file: Blob, options?: UploadOptions) => Promise<Attachment>;
  /**
   * The file as a `Response`, whose body has not been read: `.blob()` it, or stream `.body`. Throws `TASK_NOT_FOUND`,
   * `ATTACHMENT_NOT_FOUND`, `RANGE_NOT_SATISFIABLE`.
   */
  download: (task_id: string, attachment_id: string, options?: DownloadOptions) => Promise<Response>;
}

export interface TransfersOptions {
  /** Of the REST surface. */
  url: string;
  fetch: Fetch;
  session: Session;
}

/** Browsers stream a request over HTTP/2 alone, or not at all. */
const isNode = typeof process === 'object' && process.versions?.node !== undefined;

const nameOf = (file: Blob) => ('name' in file && typeof file.name === 'string' ? file.name : 'file');

export function createTransfers({ url, fetch, session }: TransfersOptions): Transfers {
  const collection = (task_id: string) => `${url}/tasks/${encodeURIComponent(task_id)}/attachments`;
  const send = (upload: Upload) => {
    if (isNode) return sendStream(fetch, upload);
    return upload.onProgress && typeof XMLHttpRequest === 'function' ? sendByXhr(upload) : sendForm(fetch, upload);
  };

  return {
    upload: (task_id, file, { filename = nameOf(file), onProgress, signal } = {}) =>
      withToken(session, async (token) => {
        const { status, headers, text } = await send({
          url: collection(task_id),
          token,
          file,
          filename,
          onProgress,
          signal,
        });
        if (status !== 201) throw fromProblem(status, headers, text);
        return trusted<Attachment>(JSON.parse(text));
      }),

    download: (task_id, attachment_id, { range, signal } = {}) =>
      withToken(session, async (token) => {
        const response = await networkFetch(fetch)(
          `${collection(task_id)}/${encodeURIComponent(attachment_id)}/download`,
          {
            headers: { authorization: `Bearer ${token}`, ...(range !== undefined && { range }) },
            ...(signal && { signal }),
          },
        );
        if (response.ok) return response;
        const { status, headers, text } = await readAnswer(response, signal);
        throw fromProblem(status, headers, text);
      }),
  };
}
