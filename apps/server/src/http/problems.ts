import type { IncomingMessage, ServerResponse } from 'node:http';
import { toErrorShape, toFailure, toProblem } from '@taskmaster/api';
import type { Failure } from '@taskmaster/api';
import type { ErrorCode } from '@taskmaster/core/errors';
import { AppError } from '@taskmaster/core/errors';
import { databaseErrorCode } from '@taskmaster/database';
import { RestFault, sendJson, sendProblem } from '@taskmaster/rest';
import type { ErrorAnswer, RestFaultKind } from '@taskmaster/rest';
import type { Logger } from '../logger.ts';
import { scopeOf } from './request-scope.ts';
import { isRpcPath } from './rpc-path.ts';

const codeOfFault = {
  path_not_found: 'ROUTE_NOT_FOUND',
  method_not_allowed: 'METHOD_NOT_ALLOWED',
  malformed_path: 'MALFORMED_PATH',
  malformed_json: 'MALFORMED_JSON',
  unsupported_media_type: 'UNSUPPORTED_MEDIA_TYPE',
  body_too_large: 'BODY_TOO_LARGE',
  body_timeout: 'REQUEST_TIMEOUT',
  aborted: 'BAD_REQUEST',
} as const satisfies Record<RestFaultKind, ErrorCode>;

const failureOf = (error: unknown) =>
  toFailure(error instanceof RestFault ? new AppError(codeOfFault[error.kind]) : error);

export type Problems = ReturnType<typeof createProblems>;

/** Errors of the HTTP surface, whoever raised them, as answers; what was our own fault goes into the log. */
export function createProblems(log: Logger) {
  function answer(error: unknown, req: IncomingMessage): ErrorAnswer {
    const failure = failureOf(error);
    const { request_id } = scopeOf(req);
    logFault(log, failure, error, request_id);
    const problem = toProblem(failure, { request_id, instance: pathOf(req) });
    return { status: failure.status, headers: failure.headers, problem: { ...problem } };
  }

  function send(error: unknown, req: IncomingMessage, res: ServerResponse): void {
    if (res.headersSent) res.destroy();
    else if (isRpcPath(pathOf(req))) sendToRpc(error, req, res);
    else sendProblem(res, answer(error, req));
  }

  /** A client of typed RPC reads its errors in tRPC's own shape, and no problem: one for all calls of a batch. */
  function sendToRpc(error: unknown, req: IncomingMessage, res: ServerResponse): void {
    const failure = failureOf(error);
    const { request_id } = scopeOf(req);
    logFault(log, failure, error, request_id);
    const body = { error: toErrorShape(failure, { request_id }) };
    sendJson(res, failure.status, body, req.method === 'HEAD', { ...failure.headers });
  }

  return { answer, send };
}

/** A database error is named by its code: its message holds the statement and its parameters. */
export function logFault(log: Logger, failure: Failure, error: unknown, request_id: string): void {
  if (failure.code === 'UNAVAILABLE') {
    log.warn({ request_id, cause: databaseErrorCode(error) }, 'answered with 503');
  }
  if (!failure.unexpected) return;
  const database_error = databaseErrorCode(error);
  log.error({ request_id, database_error, stacks: stacksOf(error) }, 'unexpected error');
}

/** Where a database error is among the causes, no message is shown: tRPC's repeats that of the query. */
function stacksOf(error: unknown): string[] {
  const isAboutData = databaseErrorCode(error) !== undefined;
  const stacks: string[] = [];
  for (let link = error; link instanceof Error && stacks.length < 5; link = link.cause) {
    const frames = link.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
    stacks.push([isAboutData ? link.name : `${link.name}: ${link.message}`, ...frames].join('\n'));
  }
  return stacks;
}

/** What the client asked for, without the query. */
const pathOf = (req: IncomingMessage) => {
  const url = 'originalUrl' in req && typeof req.originalUrl === 'string' ? req.originalUrl : (req.url ?? '/');
  return url.split('?', 1)[0] ?? '/';
};
