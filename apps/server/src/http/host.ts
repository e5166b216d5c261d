import type { IncomingMessage } from 'node:http';
import { AppError } from '@taskmaster/core/errors';

const wellFormed = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The name that the server was asked under has to be one name, well formed, and, where there is a list, on it: whatever its
 * port. A page whose name was bent to lead here (DNS rebinding) is of the origin of this server to its browser, and
 * CORS does not keep it out. Throws `BAD_REQUEST`.
 */
export function checkHost({ headers, rawHeaders }: IncomingMessage, allowedHosts: readonly string[]): void {
  // HTTP/1.0 has none; in HTTP/1.1 that is refused before.
  if (headers.host === undefined && allowedHosts.length === 0) return;
  const [, name] = wellFormed.exec(headers.host ?? '') ?? [];
  if (name === undefined || countHosts(rawHeaders) > 1) {
    throw new AppError('BAD_REQUEST', { detail: 'The Host header is missing, malformed or given twice' });
  }
  if (allowedHosts.length > 0 && !allowedHosts.includes(name.toLowerCase().replace(/\.$/, ''))) {
    throw new AppError('BAD_REQUEST', { detail: 'This server does not answer under this name (ALLOWED_HOSTS)' });
  }
}

/** Node hands on the first of several. */
const countHosts = (rawHeaders: readonly string[]) =>
  rawHeaders.filter((name, at) => at % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length;
