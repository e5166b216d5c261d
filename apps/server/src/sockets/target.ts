/** What a raw request target asks for. Nothing of it is trusted, `Host` is not looked at. */
export type Target =
  | { kind: 'typed' }
  | { kind: 'plain'; user_id: string; token: string | undefined; lastEventId: string | undefined }
  | { kind: 'unknown' }
  | { kind: 'malformed' };

export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

export function parseTarget(url: string): Target {
  const path = pathOf(url);
  if (path === '/trpc') return { kind: 'typed' };
  const encodedId = /^\/ws\/([^/]+)$/.exec(path)?.[1];
  if (encodedId === undefined) return { kind: 'unknown' };
  const query = new URLSearchParams(url.slice(path.length));
  const token = query.get('token') ?? undefined;
  // An empty one is what a client without a position may send.
  const lastEventId = query.get('last_event_id') || undefined;
  try {
    return { kind: 'plain', user_id: decodeURIComponent(encodedId).toLowerCase(), token, lastEventId };
  } catch {
    return { kind: 'malformed' };
  }
}
