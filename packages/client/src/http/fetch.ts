import { TaskmasterError } from '../errors/taskmaster-error.ts';

export type Fetch = typeof globalThis.fetch;

/** Longer than the server takes for any answer, which it bounds to 15 s. */
const answerTimeoutMs = 30_000;

/** `fetch` that fails with `NETWORK` when no answer comes, and with the signal's reason when the caller aborts. */
export function networkFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      init?.signal?.throwIfAborted();
      throw new TaskmasterError('NETWORK', 'The server cannot be reached', { cause: error });
    }
  };
}

/** The same, for answers that come whole: one that does not come in time is not waited for. */
export function timedFetch(fetch: Fetch, timeoutMs = answerTimeoutMs): Fetch {
  const network = networkFetch(fetch);
  return async (input, init) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      return await network(input, { ...init, signal });
    } catch (error) {
      if (timeout.aborted && init?.signal?.aborted !== true) {
        throw new TaskmasterError('NETWORK', `No answer came in ${timeoutMs} ms`, { cause: error });
      }
      throw error;
    }
  };
}
