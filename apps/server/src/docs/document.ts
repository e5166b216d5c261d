import { appRouter } from '@taskmaster/api';
import { describeError, isErrorCode, Problem } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';
import { createDocument } from '@taskmaster/rest';
import type { OperationInfo, RawRoute } from '@taskmaster/rest';
import { hasEtag, ifMatchField, restBasePath } from '../http/rest.ts';
import { idempotencyHeaders, idempotencyProblems } from './idempotency-headers.ts';
import { plainSocketDescription } from './plain-socket.ts';
import { writeOutClosedRecords } from './closed-records.ts';

const description = `
A task-management backend. The same operations are served as typed RPC at \`/trpc\` and as subscriptions over its socket.

**Authentication.** \`POST /auth/login\` gives an access token (\`Authorization: Bearer …\`) and a refresh token.

**Errors** are \`application/problem+json\` (RFC 9457); switch on \`code\`.

**Concurrency.** A task, a team and a comment carry \`ETag\`; send it back as \`If-Match\` to change what you have read and nothing newer.

**Repeating.** A \`POST\` with an \`Idempotency-Key\` has its effect once, however often it is sent: for 24 h the same key with the
same input is answered as the first time, with \`Idempotency-Replayed: true\`.

${plainSocketDescription}
`.trim();

const tags = [
  { name: 'Authentication', description: 'Sessions and their tokens.' },
  { name: 'Users', description: 'Profiles; and for admins, users.' },
  { name: 'Teams', description: 'Teams and their members.' },
  { name: 'Tasks', description: 'Tasks, alone or in a team.' },
  { name: 'Comments', description: 'Comments on a task.' },
  { name: 'Attachments', description: 'Files on a task.' },
  { name: 'Notifications', description: 'What the caller was told.' },
  { name: 'Activity', description: 'The immutable log of who did what.' },
  { name: 'Admin', description: 'For admins alone.' },
  { name: 'Document', description: 'This document.' },
];

const isWriting = ({ method }: OperationInfo) => method !== 'GET' && method !== 'DELETE';

/** What any operation can answer. */
function commonProblems(operation: OperationInfo): ErrorCode[] {
  const isProtected = operation.meta?.openapi?.protect !== false && operation.id !== 'openapi';
  return [
    ...(isProtected ? (['UNAUTHENTICATED'] as const) : []),
    ...(operation.kind === 'procedure' && isWriting(operation)
      ? (['MALFORMED_JSON', 'REQUEST_TIMEOUT', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)
      : []),
    ...idempotencyProblems(operation),
    // Every query is decoded, also where none is taken; and what is no HTTP at all never gets as far as an operation.
    'MALFORMED_PATH',
    'BAD_REQUEST',
    'VALIDATION_FAILED',
    'RATE_LIMITED',
    'INTERNAL',
    'UNAVAILABLE',
  ];
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } as const;
const challenge = { 'WWW-Authenticate': { description: '`Bearer`', schema: { type: 'string' } } } as const;

function problemOf(code: string) {
  if (!isErrorCode(code)) throw new RangeError(`${code} is not in the table of error codes`);
  const { status, title } = describeError(code);
  if (status === 401) return { status, title, headers: challenge };
  return status === 429 || status === 503 ? { status, title, headers: retryAfter } : { status, title };
}

/** The OpenAPI document of the REST surface, made from the router and from the routes beside it. */
export function createOpenApiDocument(routes: readonly RawRoute[]) {
  const document = createDocument({
    router: appRouter,
    info: {
      title: 'TaskMaster Pro',
      version: '1.0.0',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: restBasePath, description: 'This server' }],
    routes,
    tags,
    problem: { schema: Problem, of: problemOf },
    commonProblems,
    ifMatchField,
    hasEtag,
    headersOf: idempotencyHeaders,
  });
  writeOutClosedRecords(document);
  return document;
}
