import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * The address of the client. Each of `trustedHops` proxies has added, on the right, the address it was asked from: that
 * many entries of X-Forwarded-For are believed, and no more. With 0 the header changes nothing.
 */
export function clientAddress(req: IncomingMessage, trustedHops: number): string | null {
  const peer = req.socket.remoteAddress ?? null;
  const header = req.headers['x-forwarded-for'];
  if (trustedHops === 0 || header === undefined) return peer;
  const hops = [header]
    .flat()
    .join(',')
    .split(',')
    .map((hop) => hop.trim());
  const claimed = hops[Math.max(0, hops.length - trustedHops)];
  return claimed !== undefined && isIP(claimed) !== 0 ? claimed : peer;
}
