import { maxBatchSize } from '@taskmaster/core/wire';
import type { AppRouter } from '@taskmaster/api/router';
import { createTRPCUntypedClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import { fromRpc } from '../errors/from-rpc.ts';
import { retryAfter } from '../errors/read-refusal.ts';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import { trusted } from '../trusted.ts';
import type { Fetch } from './fetch.ts';
import { timedFetch } from './fetch.ts';
import { repeatable, repeatedly } from './repeatable.ts';

export interface CallOptions {
  /** Aborting rejects the call with the signal's reason. Whether a write took effect is then not known. */
  signal?: AbortSignal;
}

interface RpcCall extends CallOptions {
  kind: 'query' | 'mutation';
  /** Such as `tasks.create`. */
  path: string;
  input: unknown;
  /** The access token, for a call that needs one. */
  token?: string;
}

export type Rpc = (call: RpcCall) => Promise<unknown>;

/** What proxies take in a URL. */
const maxURLLength = 4_000;

/** Refuses what only a stranger answers: tRPC would lose the status over it. */
function json(response: Response): Response {
  if (response.headers.get('content-type')?.startsWith('application/json') === true) return response;
  throw new TaskmasterError('PROTOCOL', `The answer (${response.status}) is not JSON`, {
    status: response.status,
    ...retryAfter(response.headers),
  });
}

const keyHeader = 'idempotency-key';

/**
 * Typed RPC over HTTP. Calls of one turn of the event loop, with one token, travel together; but one that is repeated when
 * its answer is lost has a key of its own, and travels alone.
 */
export function createRpc(url: string, fetch: Fetch): Rpc {
  const timed = timedFetch(fetch);
  const connect = (token: string | undefined) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const line = {
      url,
      // What tRPC declares for its fetch is wider than what it passes.
      fetch: async (input: unknown, init: unknown) =>
        json(await timed(trusted<string>(input), trusted<RequestInit>(init))),
    };
    return createTRPCUntypedClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ context }) => keyHeader in context,
          true: httpLink({
            ...line,
            headers: ({ op }) => ({ ...authorization, [keyHeader]: String(op.context[keyHeader]) }),
          }),
          false: httpBatchLink({ ...line, maxItems: maxBatchSize, maxURLLength, headers: authorization }),
        }),
      ],
    });
  };
  const anonymous = connect(undefined);
  let latest = { token: '', client: anonymous };

  // A client per token: calls with different tokens never share a batch.
  function clientOf(token: string | undefined) {
    if (token === undefined) return anonymous;
    if (latest.token !== token) latest = { token, client: connect(token) };
    return latest.client;
  }

  return async ({ kind, path, input, token, signal }) => {
    signal?.throwIfAborted();
    const client = clientOf(token);
    const attempt = async (context?: Record<string, string>) => {
      try {
        const options = { ...(signal && { signal }), ...(context && { context }) };
        return await unlessAborted(client[kind](path, input, options), signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw fromRpc(error);
      }
    };
    return repeatable.includes(path) ? repeatedly((key) => attempt({ [keyHeader]: key }), signal) : attempt();
  };
}

/** tRPC waits for the rest of the batch before it lets an aborted call go. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise;
  let stopListening = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(trusted<Error>(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    stopListening = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
