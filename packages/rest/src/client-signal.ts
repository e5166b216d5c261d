import type { ServerResponse } from 'node:http';
import { RestFault } from './fault.ts';

/** A signal that aborts, with a RestFault `aborted`, when the client goes away before its answer is sent. */
export function clientSignal(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort(new RestFault('aborted', 'The client went away before the answer.'));
  });
  return controller.signal;
}

/** What was thrown, or `aborted` where it only says that the signal was heeded: a client that left is nobody's error. */
export function asAborted(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof RestFault) return error;
  const seen = new Set<unknown>();
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    if (cause === signal.reason || cause.name === 'AbortError') return signal.reason;
    seen.add(cause);
  }
  return error;
}
