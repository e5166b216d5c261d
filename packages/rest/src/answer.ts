import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

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
  if (isHead) res.end();
  else res.end(text);
}

/** Sends a status and headers only. */
export function sendEmpty(res: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  res.writeHead(status, headers);
  res.end();
}
