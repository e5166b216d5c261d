import { TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';

/** What the adapter itself can find wrong with a request. */
export const restFaultKinds = [
  'path_not_found',
  'method_not_allowed',
  'malformed_path',
  'malformed_json',
  'unsupported_media_type',
  'body_too_large',
  'body_timeout',
  'aborted',
] as const;
export type RestFaultKind = (typeof restFaultKinds)[number];

const faultCodes = {
  path_not_found: 'NOT_FOUND',
  method_not_allowed: 'METHOD_NOT_SUPPORTED',
  malformed_path: 'BAD_REQUEST',
  malformed_json: 'PARSE_ERROR',
  unsupported_media_type: 'UNSUPPORTED_MEDIA_TYPE',
  body_too_large: 'PAYLOAD_TOO_LARGE',
  body_timeout: 'TIMEOUT',
  aborted: 'CLIENT_CLOSED_REQUEST',
} as const satisfies Record<RestFaultKind, TRPC_ERROR_CODE_KEY>;

/**
 * A request that cannot be served as it stands; the message is fit for the client.
 *
 * It is a TRPCError because the body is read while the procedure runs (after its authentication): anything else
 * would pass the procedure's middlewares as an INTERNAL_SERVER_ERROR.
 */
export class RestFault extends TRPCError {
  readonly kind: RestFaultKind;
  /** The methods of the path; empty unless the kind is `method_not_allowed`. */
  readonly allow: readonly string[];

  constructor(kind: RestFaultKind, message: string, options: { allow?: readonly string[]; cause?: unknown } = {}) {
    super({ code: faultCodes[kind], message, cause: options.cause });
    this.name = 'RestFault';
    this.kind = kind;
    this.allow = options.allow ?? [];
  }
}
