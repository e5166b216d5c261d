import { TaskmasterError } from '../errors/taskmaster-error.ts';
import { trusted } from '../trusted.ts';
import type { Answer, Upload } from './transfer.ts';
import { formOf } from './transfer.ts';

/** The only way in which a browser tells how far an upload has come. */
export async function sendByXhr({ url, token, file, filename, onProgress, signal }: Upload): Promise<Answer> {
  signal?.throwIfAborted();
  const xhr = new XMLHttpRequest();
  const onAbort = () => xhr.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const network = () => reject(new TaskmasterError('NETWORK', 'The upload broke off'));
      xhr.upload.addEventListener('progress', ({ loaded, total }) =>
        // The form around the file counts too: what is shown is the file's share.
        onProgress?.({ sent_bytes: Math.round(file.size * (loaded / total)), total_bytes: file.size }),
      );
      xhr.addEventListener('load', () => resolve());
      xhr.addEventListener('error', network);
      xhr.addEventListener('timeout', network);
      xhr.addEventListener('abort', () => reject(trusted<Error>(signal?.reason)));
      xhr.open('POST', url);
      xhr.setRequestHeader('authorization', `Bearer ${token}`);
      xhr.send(formOf({ file, filename }));
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return { status: xhr.status, headers: headersOf(xhr), text: xhr.responseText };
}

function headersOf(xhr: XMLHttpRequest): Headers {
  const headers = new Headers();
  for (const line of xhr.getAllResponseHeaders().trim().split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}
