import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Origin } from '@taskmaster/api';
import { clientAddress } from './client-address.ts';

/** What is known of a request while it is answered: its origin, and what its line in the log will say. */
export interface RequestScope extends Origin {
  /** `performance.now()` when it came. */
  started_at: number;
  procedure?: string;
  user_id?: string;
}

const scopes = new WeakMap<IncomingMessage, RequestScope>();

/** A proxy's id is taken over if it is a plain word, so that one id follows the request through all logs. */
const usableId = /^[\w.:-]{8,128}$/;

export function openScope(req: IncomingMessage, trustedHops: number): RequestScope {
  const given = req.headers['x-request-id'];
  const scope = {
    request_id: trustedHops > 0 && typeof given === 'string' && usableId.test(given) ? given : randomUUID(),
    ip_address: clientAddress(req, trustedHops),
    user_agent: req.headers['user-agent']?.slice(0, 500) ?? null,
    started_at: performance.now(),
  };
  scopes.set(req, scope);
  return scope;
}

/** Of a request that the app has let in. */
export function scopeOf(req: IncomingMessage): RequestScope {
  const scope = scopes.get(req);
  if (!scope) throw new Error('the request has no scope: openScope comes first');
  return scope;
}
