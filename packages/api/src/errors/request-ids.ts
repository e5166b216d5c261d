import { randomUUID } from 'node:crypto';

const ids = new WeakMap<Error, string>();

/** For tRPC's `onError`: it formats an error after it has told of it, and before there is a context it knows no id. */
export const nameRequest = (error: Error, request_id: string): void => void ids.set(error, request_id);

/** Of the request that an error was named with; of one that nobody was told of, such as a frame that is no JSON, a new one. */
export const requestIdOf = (error: Error): string => ids.get(error) ?? randomUUID();
