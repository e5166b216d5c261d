import type { IncomingMessage } from 'node:http';
import { RestFault } from './fault.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** The longest that the whole body may take to arrive. */
  readonly timeoutMs: number;
}

/** Whether a body follows the headers; of a chunked one it is not known yet whether it is empty. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': transfer } = headers;
  return transfer !== undefined || (length !== undefined && length !== '0');
}

/**
 * Reads the body of a request whole. It leaves the socket alone, for the answer to go through.
 * @throws RestFault `body_too_large`, `body_timeout`, `aborted`.
 */
// Listeners instead of `for await`: that one costs several promises per chunk and destroys the request when left early,
// and with it the socket that the answer has to go through.
export async function readBody(req: IncomingMessage, { maxBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  if (Number(req.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  if (req.readableEnded)
    throw new Error('The body of the request has been read already: mount REST before any body parser');
  if (req.destroyed) throw gone();
  return await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const onGone = (): void => settle(() => reject(gone()));
    const timer = setTimeout(() => settle(() => reject(late(timeoutMs))), timeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      act();
    };
    req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function tooLarge(maxBytes: number): RestFault {
  return new RestFault('body_too_large', `The body is larger than ${maxBytes} bytes.`);
}

function late(timeoutMs: number): RestFault {
  return new RestFault('body_timeout', `The body did not arrive within ${timeoutMs} ms.`);
}

function gone(): RestFault {
  return new RestFault('aborted', 'The client went away before its request was complete.');
}
