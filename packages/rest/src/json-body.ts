import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { RestFault } from './fault.ts';
import { isIdentity, isJson } from './media-type.ts';

/**
 * Reads the body of a request as JSON; undefined where it is empty, whatever its type is then said to be.
 * @throws RestFault `body_too_large`, `unsupported_media_type`, `malformed_json`, `aborted`.
 */
export async function readJsonBody(req: IncomingMessage, maxBytes: number): Promise<unknown> {
  const { 'content-length': announced, 'transfer-encoding': transfer } = req.headers;
  if (transfer === undefined && (announced === undefined || announced === '0')) return undefined;
  if (Number(announced) > maxBytes) throw tooLarge(maxBytes);
  if (transfer === undefined) assertMediaType(req);
  const bytes = await readBytes(req, maxBytes);
  if (bytes.length === 0) return undefined;
  // Only now is it known of a chunked body that it is not empty.
  if (transfer !== undefined) assertMediaType(req);
  return parseJson(bytes);
}

function assertMediaType({ headers }: IncomingMessage): void {
  if (!isIdentity(headers['content-encoding'])) {
    throw new RestFault('unsupported_media_type', 'The body must not be compressed.');
  }
  if (!isJson(headers['content-type'])) {
    throw new RestFault('unsupported_media_type', 'The body must be application/json in UTF-8.');
  }
}

// Listeners instead of `for await`: that one costs several promises per chunk and destroys the request when left early,
// and with it the socket that the answer has to go through.
function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (req.readableEnded)
    throw new Error('The body of the request has been read already: mount REST before any body parser');
  if (req.destroyed) throw gone();
  return new Promise((resolve, reject) => {
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
    const settle = (act: () => void): void => {
      req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      act();
    };
    req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** JSON.parse's own message quotes the body, which may hold a password: it goes nowhere. */
function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new RestFault('malformed_json', 'The body is not UTF-8.');
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw new RestFault('malformed_json', 'The body is not valid JSON.');
  }
}

function tooLarge(maxBytes: number): RestFault {
  return new RestFault('body_too_large', `The body is larger than ${maxBytes} bytes.`);
}

function gone(): RestFault {
  return new RestFault('aborted', 'The client went away before its request was complete.');
}
