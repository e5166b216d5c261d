import type { IncomingMessage } from 'node:http';
import { authenticate, bearerToken } from '@taskmaster/api';
import type { Context, Deps, Services } from '@taskmaster/api';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { scopeOf } from './request-scope.ts';

/** The context of a request over HTTP: its actor is read when somebody asks, and then once. */
export function createContextFactory(deps: Deps, services: Services) {
  return function createContext(req: IncomingMessage): Context {
    const scope = scopeOf(req);
    const { request_id, ip_address, user_agent } = scope;
    let pending: ReturnType<typeof authenticate> | undefined;
    return {
      request_id,
      ip_address,
      user_agent,
      idempotency_key: idempotencyKeyOf(req),
      services,
      async authenticate() {
        pending ??= authenticate(deps, bearerToken(req.headers.authorization));
        const { actor } = await pending;
        scope.user_id = actor.id;
        return actor;
      },
    };
  };
}
