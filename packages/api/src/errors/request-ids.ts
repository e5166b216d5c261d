import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** Runs tRPC's handler for a request: it formats what it refuses before there is a context, and then knows no id. */
export const withRequestId = <Result>(request_id: string, handle: () => Result): Result =>
  current.run(request_id, handle);

/** Of the request that is being handled; empty outside of `withRequestId`. */
export const currentRequestId = (): string => current.getStore() ?? '';
