import type { ServerResponse } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { sendProblem } from './answer.ts';
import { RestFault } from './fault.ts';
import type { ErrorAnswer, ErrorInfo, RestHandlerOptions } from './options.ts';

type Hooks = Pick<RestHandlerOptions<AnyTRPCRouter>, 'onError' | 'onFatal'>;

const emptyAnswer: ErrorAnswer = { status: 500, problem: {} };

/** Answers an error, and never throws: whatever goes wrong on the way is an empty 500 and told to `onFatal`. */
export function fail(res: ServerResponse, error: unknown, info: ErrorInfo, hooks: Hooks): void {
  try {
    send(res, hooks.onError(error, info), error);
  } catch (fatal) {
    report(fatal, hooks);
    try {
      send(res, emptyAnswer, error);
    } catch {
      res.destroy();
    }
  }
}

function send(res: ServerResponse, answer: ErrorAnswer, error: unknown): void {
  // Half an answer cannot be taken back, only broken off so that the client notices.
  if (res.headersSent) {
    if (!res.writableEnded) res.destroy();
    return;
  }
  const isWrongMethod = error instanceof RestFault && error.kind === 'method_not_allowed';
  const headers = isWrongMethod ? { ...answer.headers, allow: error.allow.join(', ') } : answer.headers;
  sendProblem(res, { ...answer, headers: headers ?? {} });
}

/** Passes on what must not be lost, to a hook that may fail as well. */
function report(error: unknown, { onFatal }: Hooks): void {
  try {
    onFatal?.(error);
  } catch {
    // There is nobody left to tell.
  }
}
