import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { toFailure, toProblem } from '@taskmaster/api';

/** Header values come from our own table of errors; a line break in one would still be an injection. */
const plainText = (value: string) => value.replaceAll(/[^\t\u0020-\u007E]/g, '');

/** Answers an upgrade with a plain HTTP error, and ends the connection. */
export function refuse(socket: Duplex, error: unknown, request: { request_id: string; instance: string }): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const failure = toFailure(error);
  const body = JSON.stringify(toProblem(failure, request));
  const headers = {
    ...failure.headers,
    date: new Date().toUTCString(),
    'x-request-id': request.request_id,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${plainText(value)}`);
  // `end` waits for what the client has not read; who reads nothing is not waited for.
  const timer = setTimeout(() => socket.destroy(), 1_000);
  socket.once('close', () => clearTimeout(timer));
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`,
  );
}
