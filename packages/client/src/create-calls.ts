import type { Calls } from './calls.ts';
import type { Rpc } from './http/rpc.ts';
import type { CallOptions } from './http/rpc.ts';
import type { Feature } from './procedures.ts';
import { procedures } from './procedures.ts';
import type { Session } from './session/session.ts';
import { withToken } from './session/session.ts';
import { trusted } from './trusted.ts';

/** The calls of one feature, each with the token of whoever is logged in. */
export function createCalls<Of extends Feature>(
  feature: Of,
  { rpc, session }: { rpc: Rpc; session: Session },
): Calls<Of> {
  const calls: Record<string, (input: unknown, options?: CallOptions) => Promise<unknown>> = {};
  for (const [name, kind] of Object.entries<'query' | 'mutation' | 'subscription'>(procedures[feature])) {
    if (kind === 'subscription') continue;
    const path = `${feature}.${name}`;
    // Where nothing has to be given, an empty object is what a procedure takes.
    calls[name] = (input = {}, options = {}) =>
      withToken(session, (token) => rpc({ kind, path, input, token, ...options }));
  }
  // The table of procedures and the types of the calls are made from one router.
  return trusted(calls);
}
