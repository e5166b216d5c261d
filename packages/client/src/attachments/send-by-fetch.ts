import type { Fetch } from '../http/fetch.ts';
import { networkFetch } from '../http/fetch.ts';
import { multipartStream } from './multipart-stream.ts';
import { readAnswer } from './read-answer.ts';
import type { Answer, Upload } from './transfer.ts';
import { formOf } from './transfer.ts';

/** Without progress a form, which every `fetch` takes; with progress a stream, which Node's takes and counts as it goes. */
export async function sendByFetch(fetch: Fetch, upload: Upload): Promise<Answer> {
  const { url, token, onProgress, signal } = upload;
  const init: RequestInit & { duplex?: 'half' } = { method: 'POST', headers: { authorization: `Bearer ${token}` } };
  if (signal) init.signal = signal;
  if (onProgress) {
    const { body, content_type } = multipartStream(upload, onProgress);
    init.headers = { authorization: `Bearer ${token}`, 'content-type': content_type };
    Object.assign(init, { body, duplex: 'half' });
  } else {
    init.body = formOf(upload);
  }
  return readAnswer(await networkFetch(fetch)(url, init), signal);
}
