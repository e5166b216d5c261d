import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { toFailure, toProblem } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import type { ErrorCode } from '@taskmaster/core/errors';

export interface HttpDeadlines {
  /** The longest that a client may take for its headers. */
  headersTimeoutMs: number;
  /** And then for its body, whatever it sends: the largest file over the slowest line. Who reads a body is stricter. */
  bodyTimeoutMs: number;
  /** After which an idle connection is closed. A balancer's should be shorter, so that it is the balancer that closes. */
  keepAliveTimeoutMs: number;
}

/** How exactly the first two are kept. */
const checkEveryMs = 1_000;

/** Node's HTTP server with our deadlines, and problems instead of bare refusals of what is no HTTP. */
export function createHttpServer(
  listener: RequestListener,
  { headersTimeoutMs, bodyTimeoutMs, keepAliveTimeoutMs }: HttpDeadlines,
): Server {
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: headersTimeoutMs + bodyTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Without one it is refused in the app, as everything else is.
      requireHostHeader: false,
      // A request that offers another protocol (`Upgrade: h2c`) is a plain request to us.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    listener,
  );
  // Node's own answer to what it does not expect is a bare 417.
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket));
  return server;
}

const codeOf: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Whether an answer has begun to go out. Node looks at the same property, its own, before it refuses by itself. */
function isAnswering(socket: Duplex & { _httpMessage?: ServerResponse | null }): boolean {
  const { _httpMessage: answer } = socket;
  return answer?.headersSent === true;
}

function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The connection is gone, or a word more would be taken for a part of the answer.
  if (!socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const failure = toFailure(new AppError(codeOf[error.code ?? ''] ?? 'BAD_REQUEST'));
  const request_id = randomUUID();
  const body = JSON.stringify(toProblem(failure, { request_id, instance: '/' }));
  socket.end(
    [
      `HTTP/1.1 ${failure.status} ${failure.title}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${request_id}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
