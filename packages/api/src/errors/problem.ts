import type { Problem } from '@taskmaster/core/errors';
import type { Failure } from './failure.ts';

/** RFC 9457. `instance` is the path that was asked, without its query: a token may stand there. */
export function toProblem(failure: Failure, request: { request_id: string; instance: string }): Problem {
  return {
    type: `/api/v1/docs/errors#${failure.code}`,
    title: failure.title,
    status: failure.status,
    detail: failure.detail,
    instance: request.instance,
    code: failure.code,
    request_id: request.request_id,
    ...(failure.errors && { errors: failure.errors.map((error) => ({ ...error })) }),
  };
}
