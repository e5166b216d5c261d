import { describeError } from '@taskmaster/core/errors';
import type { ErrorCode, FieldError } from '@taskmaster/core/errors';
import type { TRPC_ERROR_CODE_KEY, TRPCDefaultErrorShape } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { Failure } from './failure.ts';

/** A typed error: tRPC's own shape, with our code under `data.error`. Nothing else of the thrown error leaves. */
export interface ErrorShape {
  code: TRPCDefaultErrorShape['code'];
  message: string;
  data: {
    code: TRPC_ERROR_CODE_KEY;
    httpStatus: number;
    path?: string;
    error: { code: ErrorCode; request_id: string; errors?: readonly FieldError[] };
  };
}

/** `path` is the procedure's, where one was found. */
export function toErrorShape(failure: Failure, request: { request_id: string; path?: string | undefined }): ErrorShape {
  const { rpc } = describeError(failure.code);
  return {
    code: TRPC_ERROR_CODES_BY_KEY[rpc],
    message: failure.detail,
    data: {
      code: rpc,
      httpStatus: failure.status,
      ...(request.path !== undefined && { path: request.path }),
      error: {
        code: failure.code,
        request_id: request.request_id,
        ...(failure.errors && { errors: failure.errors }),
      },
    },
  };
}
