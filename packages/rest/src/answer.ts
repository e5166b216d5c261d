import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { drain } from './drain.ts';
import type { ErrorAnswer } from './options.ts';

/** Sends JSON. For HEAD the headers are the same and the body stays away. */
export function sendJson(
  res: ServerResponse,
  status: number,
  body: unknown,
  isHead: boolean,
  headers: OutgoingHttpHeaders,
): void {
  // `undefined` has no JSON; null is the nearest to it.
  const text = JSON.stringify(body) ?? 'null';
  headers['content-type'] ??= 'application/json; charset=utf-8';
  headers['content-length'] = Buffer.byteLength(text);
  res.writeHead(status, headers);
  finish(res, isHead ? undefined : text);
}

/**
 * Sends a problem (RFC 9457), without its body to HEAD. For the errors of middlewares beside the handler too: a client that
 * is still sending its body can read it.
 */
export function sendProblem(res: ServerResponse, { status, headers, problem }: ErrorAnswer): void {
  sendJson(res, status, problem, res.req.method === 'HEAD', { ...headers, 'content-type': 'application/problem+json' });
}

/** Sends a status and headers only. */
export function sendEmpty(res: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  res.writeHead(status, headers);
  finish(res, undefined);
}

/**
 * Ends the answer. Where the client is still sending, the answer goes out whole but is ended only after the request: at the
 * end of an answer node closes a connection that is not kept alive, and closing it on a client that is writing resets it, so
 * that the answer is lost.
 */
function finish(res: ServerResponse, text: string | undefined): void {
  const { req } = res;
  if (req.complete || req.destroyed) {
    res.end(text);
    return;
  }
  if (text === undefined) res.flushHeaders();
  else res.write(text);
  drain(req, () => res.end());
}
