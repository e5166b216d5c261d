import { AppError } from '@taskmaster/core/errors';
import { z } from 'zod';
import { queryValues } from '../http/query-values.ts';

/** What a raw request target asks for. Nothing of it is trusted, `Host` is not looked at. */
export type Target =
  | { kind: 'typed' }
  | { kind: 'plain'; user_id: string; token: string | undefined; lastEventId: string | undefined };

/** `connectionParams` is how tRPC's own client says that a message with them follows. It always does. */
const TypedQuery = z.strictObject({ connectionParams: z.string().optional() });
const PlainQuery = z.strictObject({ token: z.string().optional(), last_event_id: z.string().optional() });

export const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Throws `ROUTE_NOT_FOUND`, `MALFORMED_PATH`, and a `ZodError` for a query with what is not taken there. */
export function parseTarget(url: string): Target {
  const path = pathOf(url);
  const query = queryValues(new URLSearchParams(url.slice(path.length)));
  if (path === '/trpc') {
    TypedQuery.parse(query);
    return { kind: 'typed' };
  }
  const encodedId = /^\/ws\/([^/]+)$/.exec(path)?.[1];
  if (encodedId === undefined) throw new AppError('ROUTE_NOT_FOUND');
  const user_id = decode(encodedId).toLowerCase();
  const { token, last_event_id } = PlainQuery.parse(query);
  // An empty one is what a client without a position may send.
  return { kind: 'plain', user_id, token, lastEventId: last_event_id || undefined };
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AppError('MALFORMED_PATH');
  }
}
