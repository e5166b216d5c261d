import type { IncomingMessage } from 'node:http';
import { tooLarge } from '@taskmaster/api';
import type { TransferPace } from './transfer-pace.ts';
import { longestTransferMs } from './transfer-pace.ts';
import { slowUpload, stalledUpload } from './upload-problems.ts';

export interface UploadLimits {
  maxFileBytes: number;
  pace: TransferPace;
}

/** What a multipart body may have around its file: one head of a part, boundaries, a refused field. */
export const overheadBytes = 64 * 1024;
/** For the client to read why. */
const closeAfterMs = 1_000;
/** Of the time in which a transfer may stand still: how exactly it is measured. */
const ticksPerStall = 20;

/** Throws `AppError` FILE_TOO_LARGE where the length that is announced leaves no doubt. */
export function refuseAnnounced({ headers }: IncomingMessage, { maxFileBytes }: UploadLimits): void {
  if (Number(headers['content-length']) > maxFileBytes + overheadBytes) throw tooLarge(maxFileBytes);
}

/** Counts and times the bytes of a body as they come; calls back, once, with the reason to end it. Returns its end. */
export function watchBody(
  req: IncomingMessage,
  { maxFileBytes, pace }: UploadLimits,
  onRefusal: (reason: unknown) => void,
): () => void {
  const tickMs = pace.stallTimeoutMs / ticksPerStall;
  let size = 0;
  let waitedMs = 0;
  let silentMs = 0;
  const timer = setInterval(() => {
    // It is the disk that keeps the client waiting.
    if (req.isPaused()) return;
    waitedMs += tickMs;
    silentMs += tickMs;
    if (silentMs >= pace.stallTimeoutMs) refuse(stalledUpload(pace));
    else if (waitedMs > longestTransferMs(pace, size)) refuse(slowUpload(pace));
  }, tickMs);
  const refuse = (reason: unknown): void => {
    clearInterval(timer);
    onRefusal(reason);
    // The answer is not ended before the request is, and this one does not end.
    setTimeout(() => req.destroy(), closeAfterMs).unref();
  };
  const onData = (chunk: Buffer): void => {
    size += chunk.length;
    silentMs = 0;
    if (size > maxFileBytes + overheadBytes) onRefusal(tooLarge(maxFileBytes));
  };
  req.on('data', onData);
  return () => {
    clearInterval(timer);
    req.off('data', onData);
  };
}
