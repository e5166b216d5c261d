import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { BodyLimits } from './body.ts';
import { announcesBody, readBody } from './body.ts';
import { RestFault } from './fault.ts';
import { isIdentity, isJson } from './media-type.ts';

/**
 * Reads the body of a request as JSON; undefined where it is empty.
 * @throws RestFault `malformed_json`, and those of `readJsonText`.
 */
export async function readJsonBody(req: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const text = await readJsonText(req, limits);
  return text === undefined ? undefined : parseJson(text);
}

/**
 * Reads the body of a request as the text of JSON that somebody else parses; undefined where it is empty, whatever its type
 * is then said to be. A byte order mark is left to the parser.
 * @throws RestFault `unsupported_media_type`, `malformed_json` for what is not UTF-8, and those of `readBody`.
 */
export async function readJsonText(req: IncomingMessage, limits: BodyLimits): Promise<string | undefined> {
  if (!announcesBody(req)) return undefined;
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  if (!isChunked) assertMediaType(req);
  const bytes = await readBody(req, limits);
  if (bytes.length === 0) return undefined;
  // Only now is it known of a chunked body that it is not empty.
  if (isChunked) assertMediaType(req);
  if (!isUtf8(bytes)) throw new RestFault('malformed_json', 'The body is not UTF-8.');
  return bytes.toString('utf8');
}

function assertMediaType({ headers }: IncomingMessage): void {
  if (!isIdentity(headers['content-encoding'])) {
    throw new RestFault('unsupported_media_type', 'The body must not be compressed.');
  }
  if (!isJson(headers['content-type'])) {
    throw new RestFault('unsupported_media_type', 'The body must be application/json in UTF-8.');
  }
}

/** JSON.parse's own message quotes the body, which may hold a password: it goes nowhere. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw new RestFault('malformed_json', 'The body is not valid JSON.');
  }
}
