import type { IncomingMessage } from 'node:http';
import { appRouter, toFailure } from '@taskmaster/api';
import type { Context } from '@taskmaster/api';
import { maxBatchSize } from '@taskmaster/core/contracts';
import { listProcedures } from '@taskmaster/rest';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import { logFault } from './problems.ts';
import { scopeOf } from './request-scope.ts';

const maxBodyBytes = 2 ** 20;

export interface RpcOptions {
  createContext: (req: IncomingMessage) => Context;
  log: Logger;
}

const names = new Set(listProcedures(appRouter).map(({ path }) => path));

/** For the log and the metrics: from a closed set, which no client widens by asking for what is not there. */
function nameOf(calls: readonly { path: string }[]): string {
  if (calls.length > 1) return 'batch';
  const path = calls[0]?.path ?? '';
  return names.has(path) ? path : 'none';
}

/** Typed RPC over HTTP at `/trpc`: single calls and batches. Subscriptions are for the socket. */
export function createRpc({ createContext, log }: RpcOptions): RequestHandler {
  return createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: maxBodyBytes,
    createContext: ({ req, info }) => {
      scopeOf(req).procedure = nameOf(info.calls);
      return createContext(req);
    },
    onError({ error, req }) {
      logFault(log, toFailure(error), error, scopeOf(req).request_id);
    },
    // What an error says in headers over REST (Retry-After, RateLimit, WWW-Authenticate) it says here too.
    responseMeta({ errors }) {
      const headers = new Headers();
      for (const error of errors) {
        for (const [name, value] of Object.entries(toFailure(error).headers)) headers.set(name, value);
      }
      return { headers };
    },
  });
}
