import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { sendJson } from './answer.ts';
import { RestFault } from './fault.ts';
import type { ErrorAnswer, ErrorInfo, RestHandlerOptions } from './options.ts';

type Hooks = Pick<RestHandlerOptions<AnyTRPCRouter>, 'onError' | 'onFatal'>;

const emptyAnswer: ErrorAnswer = { status: 500, problem: {} };

/** Answers an error, and never throws: whatever goes wrong on the way is an empty 500 and told to `onFatal`. */
export function fail(res: ServerResponse, error: unknown, info: ErrorInfo, hooks: Hooks): void {
  try {
    send(res, hooks.onError(error, info), error, info);
  } catch (fatal) {
    report(fatal, hooks);
    try {
      send(res, emptyAnswer, error, info);
    } catch {
      res.destroy();
    }
  }
}

function send(res: ServerResponse, answer: ErrorAnswer, error: unknown, { req }: ErrorInfo): void {
  // Half an answer cannot be taken back, only broken off so that the client notices.
  if (res.headersSent) {
    if (!res.writableEnded) res.destroy();
    return;
  }
  if (res.destroyed) return;
  const headers: OutgoingHttpHeaders = { ...answer.headers, 'content-type': 'application/problem+json' };
  if (error instanceof RestFault && error.kind === 'method_not_allowed') headers['allow'] = error.allow.join(', ');
  sendJson(res, answer.status, answer.problem, req.method === 'HEAD', headers);
}

/** Passes on what must not be lost, to a hook that may fail as well. */
export function report(error: unknown, { onFatal }: Hooks): void {
  try {
    onFatal?.(error);
  } catch {
    // There is nobody left to tell.
  }
}
