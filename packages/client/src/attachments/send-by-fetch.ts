import type { Fetch } from '../http/fetch.ts';
import { networkFetch } from '../http/fetch.ts';
import { multipartStream } from './multipart-stream.ts';
import { readAnswer } from './read-answer.ts';
import type { Answer, Upload } from './transfer.ts';
import { formOf } from './transfer.ts';

/** A form, which every `fetch` takes; it tells no progress. */
export function sendForm(fetch: Fetch, upload: Upload): Promise<Answer> {
  return send(fetch, upload, { body: formOf(upload) }, {});
}

/** A stream: Node's `fetch` takes one, and counts as it goes. */
export function sendStream(fetch: Fetch, upload: Upload): Promise<Answer> {
  const { body, content_type } = multipartStream(upload, upload.onProgress);
  const init: RequestInit & { duplex: 'half' } = { body, duplex: 'half' };
  return send(fetch, upload, init, { 'content-type': content_type });
}

async function send(
  fetch: Fetch,
  { url, token, signal }: Upload,
  init: RequestInit,
  headers: Record<string, string>,
): Promise<Answer> {
  signal?.throwIfAborted();
  const response = await networkFetch(fetch)(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...init,
    ...(signal && { signal }),
  });
  return readAnswer(response, signal);
}
