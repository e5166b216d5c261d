import type { IncomingMessage } from 'node:http';
import { appRouter, toFailure } from '@taskmaster/api';
import type { Context } from '@taskmaster/api';
import { maxBatchSize } from '@taskmaster/core/contracts';
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

/** Typed RPC over HTTP at `/trpc`: single calls and batches. Subscriptions are for the socket. */
export function createRpc({ createContext, log }: RpcOptions): RequestHandler {
  return createExpressMiddleware({
    router: appRouter,
    maxBatchSize,
    maxBodySize: maxBodyBytes,
    createContext: ({ req, info }) => {
      scopeOf(req).procedure = info.calls.length === 1 ? (info.calls[0]?.path ?? 'none') : 'batch';
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
