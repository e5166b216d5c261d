import type { IncomingMessage } from 'node:http';
import { appRouter, nameRequest, toFailure } from '@taskmaster/api';
import type { Context } from '@taskmaster/api';
import { listProcedures } from '@taskmaster/rest';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { Router } from 'express';
import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import { logFault } from './problems.ts';
import { scopeOf } from './request-scope.ts';
import { rpcGate } from './rpc-gate.ts';

const maxBodyBytes = 2 ** 20;

export interface RpcOptions {
  createContext: (req: IncomingMessage) => Context;
  log: Logger;
  /** The longest that a body may take to arrive. */
  bodyTimeoutMs: number;
}

const names = new Set(listProcedures(appRouter).map(({ path }) => path));

/** For the log and the metrics: from a closed set, which no client widens by asking for what is not there. */
function nameOf(calls: readonly { path: string }[]): string {
  if (calls.length > 1) return 'batch';
  const path = calls[0]?.path ?? '';
  return names.has(path) ? path : 'none';
}

/** Typed RPC over HTTP at `rpcPath`: single calls and batches. Subscriptions are for the socket. */
export function createRpc({ createContext, log, bodyTimeoutMs }: RpcOptions): RequestHandler {
  const handle = createExpressMiddleware({
    router: appRouter,
    createContext: ({ req, info }) => {
      scopeOf(req).procedure = nameOf(info.calls);
      const ctx = createContext(req);
      const { idempotency_key: key } = ctx;
      // One key for several calls is a key for none of them.
      return key && info.calls.length > 1 ? { ...ctx, idempotency_key: { ...key, value: '' } } : ctx;
    },
    onError({ error, req }) {
      const { request_id } = scopeOf(req);
      nameRequest(error, request_id);
      logFault(log, toFailure(error), error, request_id);
    },
    // What an error says in headers over REST (Retry-After, RateLimit, WWW-Authenticate) it says here too.
    responseMeta({ errors, ctx }) {
      const headers = new Headers();
      // What tRPC refuses before there is a context has no type, and would go out as text.
      if (ctx === undefined) headers.set('content-type', 'application/json');
      for (const error of errors) {
        for (const [name, value] of Object.entries(toFailure(error).headers)) headers.set(name, value);
      }
      return { headers };
    },
  });
  return Router().use(rpcGate({ maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs }), handle);
}
