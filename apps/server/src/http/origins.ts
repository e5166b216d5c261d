import type { IncomingMessage } from 'node:http';

/**
 * Whether the page that asks, if it is one, may: its origin is on the list, or is this server's own. The scheme is not
 * compared with ours: behind a proxy we do not know it.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true;
  const page = URL.parse(origin);
  // With the page's scheme, so that its default port counts as none on both sides.
  return page !== null && page.host !== '' && page.host === URL.parse(`${page.protocol}//${host}`)?.host;
}
