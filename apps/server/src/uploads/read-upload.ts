import type { IncomingMessage } from 'node:http';
import type { IncomingFile } from '@taskmaster/api';
import type { Busboy } from 'busboy';
import { createMultipartParser } from './multipart-parser.ts';
import { refuseAnnounced, watchBody } from './request-watch.ts';
import type { UploadLimits } from './request-watch.ts';
import { fileField, malformedUpload, missingFile, severalParts, unknownPart } from './upload-problems.ts';

type Store = (file: IncomingFile) => Promise<void>;

/**
 * Reads a multipart body with one file in it, which goes to `store` as it comes. Settles after `store` has.
 * Throws `AppError`: FILE_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, MALFORMED_UPLOAD, VALIDATION_FAILED; the signal's reason.
 */
export async function readUpload(
  req: IncomingMessage,
  { limits, signal }: { limits: UploadLimits; signal: AbortSignal },
  store: Store,
): Promise<void> {
  signal.throwIfAborted();
  const parser = createMultipartParser(req);
  refuseAnnounced(req, limits);
  // From here to its `await` nothing may throw: a complaint that nobody hears would end the process.
  const { promise: ended, resolve, reject } = Promise.withResolvers<undefined>();
  const parts = takeParts(parser, store, reject);
  parser.once('close', () => resolve(undefined));
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const unwatch = watchBody(req, limits, reject);
  try {
    // Not a pipeline: that would destroy the request, and with it the socket that a refusal has to go through.
    req.pipe(parser);
    await ended;
    await parts.stored();
  } finally {
    unwatch();
    signal.removeEventListener('abort', onAbort);
    // Ends the file that is being stored, if it has not come to its end, and with it what `store` does.
    parser.destroy();
    await parts.settled();
  }
}

/** Hands the file on, and refuses everything else. */
function takeParts(parser: Busboy, store: Store, refuse: (reason: unknown) => void) {
  let storing: Promise<void> | undefined;
  parser.on('file', (name: string | undefined, content, { filename }: { filename?: string }) => {
    // Destroyed with the parser it says why, and nobody may be listening any more.
    content.on('error', () => undefined);
    if (name !== fileField) {
      refuse(unknownPart(name));
      return;
    }
    storing = store({ filename: filename ?? '', content });
    storing.catch(refuse);
  });
  parser.on('field', (name: string | undefined) => refuse(unknownPart(name)));
  parser.on('filesLimit', () => refuse(severalParts()));
  parser.on('partsLimit', () => refuse(severalParts()));
  parser.on('error', (error) => refuse(malformedUpload(error)));
  return {
    async stored() {
      if (storing === undefined) throw missingFile();
      await storing;
    },
    async settled() {
      await Promise.allSettled([storing]);
    },
  };
}
