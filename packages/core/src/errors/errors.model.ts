/** What kind of refusal a code is: decides the HTTP status and tRPC's own code, in one place. */
export const errorKinds = {
  malformed: { status: 400, rpc: 'BAD_REQUEST' },
  unauthenticated: { status: 401, rpc: 'UNAUTHORIZED' },
  forbidden: { status: 403, rpc: 'FORBIDDEN' },
  not_found: { status: 404, rpc: 'NOT_FOUND' },
  method_not_allowed: { status: 405, rpc: 'METHOD_NOT_SUPPORTED' },
  timed_out: { status: 408, rpc: 'TIMEOUT' },
  conflict: { status: 409, rpc: 'CONFLICT' },
  stale: { status: 412, rpc: 'PRECONDITION_FAILED' },
  too_large: { status: 413, rpc: 'PAYLOAD_TOO_LARGE' },
  media_type: { status: 415, rpc: 'UNSUPPORTED_MEDIA_TYPE' },
  range: { status: 416, rpc: 'BAD_REQUEST' },
  expectation: { status: 417, rpc: 'BAD_REQUEST' },
  invalid: { status: 422, rpc: 'UNPROCESSABLE_CONTENT' },
  limited: { status: 429, rpc: 'TOO_MANY_REQUESTS' },
  headers_too_large: { status: 431, rpc: 'BAD_REQUEST' },
  internal: { status: 500, rpc: 'INTERNAL_SERVER_ERROR' },
  unavailable: { status: 503, rpc: 'SERVICE_UNAVAILABLE' },
} as const satisfies Record<string, { status: number; rpc: string }>;

export type ErrorKind = keyof typeof errorKinds;

/** The closed table of codes. A code is for ever: clients switch on it. The title is for people and may change. */
export const errorCodes = {
  MALFORMED_JSON: { kind: 'malformed', title: 'What was sent is not valid JSON' },
  MALFORMED_PATH: { kind: 'malformed', title: 'The path or the query cannot be decoded' },
  MALFORMED_UPLOAD: { kind: 'malformed', title: 'The multipart body is malformed' },
  BAD_REQUEST: { kind: 'malformed', title: 'The request cannot be understood' },
  IDEMPOTENCY_KEY_MALFORMED: { kind: 'malformed', title: 'The Idempotency-Key cannot be used' },
  UNAUTHENTICATED: { kind: 'unauthenticated', title: 'A valid access token is needed' },
  INVALID_CREDENTIALS: { kind: 'unauthenticated', title: 'E-mail or password is wrong' },
  INVALID_REFRESH_TOKEN: { kind: 'unauthenticated', title: 'The refresh token is not, or no longer, valid' },
  FORBIDDEN: { kind: 'forbidden', title: 'Not allowed' },
  ADMIN_ONLY: { kind: 'forbidden', title: 'Only an admin may do this' },
  ROUTE_NOT_FOUND: { kind: 'not_found', title: 'There is nothing at this path' },
  USER_NOT_FOUND: { kind: 'not_found', title: 'No such user' },
  SESSION_NOT_FOUND: { kind: 'not_found', title: 'No such session' },
  TEAM_NOT_FOUND: { kind: 'not_found', title: 'No such team' },
  MEMBER_NOT_FOUND: { kind: 'not_found', title: 'No such member of this team' },
  TASK_NOT_FOUND: { kind: 'not_found', title: 'No such task' },
  COMMENT_NOT_FOUND: { kind: 'not_found', title: 'No such comment on this task' },
  ATTACHMENT_NOT_FOUND: { kind: 'not_found', title: 'No such attachment of this task' },
  NOTIFICATION_NOT_FOUND: { kind: 'not_found', title: 'No such notification' },
  METHOD_NOT_ALLOWED: { kind: 'method_not_allowed', title: 'The path does not take this method' },
  REQUEST_TIMEOUT: { kind: 'timed_out', title: 'The request took too long to arrive' },
  EMAIL_TAKEN: { kind: 'conflict', title: 'The e-mail address is taken' },
  USERNAME_TAKEN: { kind: 'conflict', title: 'The username is taken' },
  ALREADY_MEMBER: { kind: 'conflict', title: 'The user is already a member of this team' },
  OWNER_MUST_STAY: { kind: 'conflict', title: 'The owner of a team can be neither removed nor demoted' },
  LAST_ADMIN: { kind: 'conflict', title: 'The last active admin can be neither demoted nor deactivated' },
  USER_ERASED: { kind: 'conflict', title: 'The user was erased, and cannot be brought back' },
  IDEMPOTENCY_KEY_IN_USE: { kind: 'conflict', title: 'A request with this Idempotency-Key is still running' },
  STALE_VERSION: { kind: 'stale', title: 'The resource has changed since it was read' },
  BODY_TOO_LARGE: { kind: 'too_large', title: 'The body is too large' },
  BATCH_TOO_LARGE: { kind: 'too_large', title: 'The batch has too many calls' },
  FILE_TOO_LARGE: { kind: 'too_large', title: 'The file is too large' },
  UNSUPPORTED_MEDIA_TYPE: { kind: 'media_type', title: 'The content type is not supported here' },
  RANGE_NOT_SATISFIABLE: { kind: 'range', title: 'The file does not have this range' },
  EXPECTATION_FAILED: { kind: 'expectation', title: 'The Expect header names what nobody does here' },
  VALIDATION_FAILED: { kind: 'invalid', title: 'The input is not valid' },
  IDEMPOTENCY_KEY_REUSED: { kind: 'invalid', title: 'The Idempotency-Key was used for another request' },
  RATE_LIMITED: { kind: 'limited', title: 'Too many requests' },
  HEADERS_TOO_LARGE: { kind: 'headers_too_large', title: 'The headers are too large' },
  INTERNAL: { kind: 'internal', title: 'Something went wrong on our side' },
  UNAVAILABLE: { kind: 'unavailable', title: 'The service is not available for the moment' },
} as const satisfies Record<string, { kind: ErrorKind; title: string }>;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** HTTP status, tRPC's code and the title that belong to one of our codes. */
export function describeError(code: ErrorCode) {
  const { kind, title } = errorCodes[code];
  return { kind, title, ...errorKinds[kind] };
}
