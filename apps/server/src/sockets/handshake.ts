import type { IncomingMessage } from 'node:http';
import { AppError } from '@taskmaster/core/errors';
import { isAllowedOrigin } from '../http/origins.ts';

const versions = new Set(['8', '13']);

/** What ws would refuse without saying what it takes; the rest of the handshake (RFC 6455) it checks by itself. */
export function checkHandshake({ method, headers }: IncomingMessage): void {
  if (method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
  if (!versions.has(headers['sec-websocket-version'] ?? '')) {
    const supported = { 'sec-websocket-version': '13' };
    throw new AppError('BAD_REQUEST', { detail: 'Sec-WebSocket-Version is not 13', headers: supported });
  }
}

/** Browsers send Origin, and let any page open a socket: the list decides. Other clients send none. */
export function checkOrigin(request: IncomingMessage, allowedOrigins: readonly string[]): void {
  if (isAllowedOrigin(request, allowedOrigins)) return;
  throw new AppError('FORBIDDEN', { detail: 'This origin may not open a socket' });
}
