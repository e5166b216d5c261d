import type { IncomingMessage } from 'node:http';
import { AppError } from '@taskmaster/core/errors';
import { isAllowedOrigin } from '../http/origins.ts';

const key = /^[+/0-9A-Za-z]{22}==$/;
const versions = new Set(['8', '13']);

const badHandshake = (detail: string, headers: Record<string, string> = {}) =>
  new AppError('BAD_REQUEST', { detail, headers });

/** What RFC 6455 asks of an opening handshake, beyond what Node has checked. Throws what to answer. */
export function checkHandshake({ method, headers }: IncomingMessage): void {
  if (method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
  if (headers.upgrade?.toLowerCase() !== 'websocket') throw badHandshake('Only an upgrade to websocket is served here');
  if (!key.test(headers['sec-websocket-key'] ?? '')) throw badHandshake('Sec-WebSocket-Key is missing or malformed');
  if (!versions.has(headers['sec-websocket-version'] ?? '')) {
    throw badHandshake('Sec-WebSocket-Version is not 13', { 'sec-websocket-version': '13' });
  }
}

/** Browsers send Origin, and let any page open a socket: the list decides. Other clients send none. */
export function checkOrigin(request: IncomingMessage, allowedOrigins: readonly string[]): void {
  if (isAllowedOrigin(request, allowedOrigins)) return;
  throw new AppError('FORBIDDEN', { detail: 'This origin may not open a socket' });
}
