import { replayedHeader } from '../http/idempotency-key.ts';
import type { Person } from './factories.ts';
import type { Answer, Asking } from './http-client.ts';

export const withKey = (key: string, more: Asking = {}): Asking => ({
  ...more,
  headers: { ...more.headers, 'idempotency-key': key },
});

export const isReplayed = ({ headers }: Answer) => headers[replayedHeader.toLowerCase()] === 'true';

/** However often it is asked with the same key. */
export const createTaskOnce = (by: Person, key: string, title = 'once') =>
  by.ask('POST', '/tasks', { title }, withKey(key));
