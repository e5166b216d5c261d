import type { IncomingMessage } from 'node:http';
import { tooLarge } from '@taskmaster/api';
import { stalledUpload } from './upload-problems.ts';

export interface UploadLimits {
  maxFileBytes: number;
  /** An upload of which no byte comes for so long is cut off. */
  stallTimeoutMs: number;
}

export const defaultStallTimeoutMs = 30_000;
/** What a multipart body may have around its file: one head of a part, boundaries, a refused field. */
const overheadBytes = 64 * 1024;
/** For the client to read why. */
const closeAfterMs = 1_000;

/** Throws `AppError` FILE_TOO_LARGE where the length that is announced leaves no doubt. */
export function refuseAnnounced({ headers }: IncomingMessage, { maxFileBytes }: UploadLimits): void {
  if (Number(headers['content-length']) > maxFileBytes + overheadBytes) throw tooLarge(maxFileBytes);
}

/** Counts and times the bytes of a body as they come; calls back, once, with the reason to end it. Returns its end. */
export function watchBody(
  req: IncomingMessage,
  { maxFileBytes, stallTimeoutMs }: UploadLimits,
  onRefusal: (reason: unknown) => void,
): () => void {
  let size = 0;
  const timer = setTimeout(() => {
    // It is the disk that keeps the client waiting.
    if (req.isPaused()) {
      timer.refresh();
      return;
    }
    onRefusal(stalledUpload(stallTimeoutMs));
    // The answer is not ended before the request is, and this one does not end.
    setTimeout(() => req.destroy(), closeAfterMs).unref();
  }, stallTimeoutMs);
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    timer.refresh();
    if (size > maxFileBytes + overheadBytes) onRefusal(tooLarge(maxFileBytes));
  };
  req.on('data', onData);
  return () => {
    clearTimeout(timer);
    req.off('data', onData);
  };
}
