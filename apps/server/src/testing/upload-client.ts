import { request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Attachment } from '@taskmaster/core/contracts';
import { Problem } from '@taskmaster/core/errors';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
}

export interface Sending {
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
  /** Sent as it is. Given as a function, it does the writing, and the request has no length beforehand. */
  body?: string | Buffer | ((req: ClientRequest) => void);
  /** Undefined: none. */
  token?: string | undefined;
}

/** A client that sends exactly what it is told, each request over a connection of its own. */
export function createTestClient(defaults: { port: number; token: string; path: string }) {
  function open({ method = 'POST', path = defaults.path, headers = {}, ...rest }: Sending = {}): ClientRequest {
    const token = 'token' in rest ? rest.token : defaults.token;
    return request({
      host: '127.0.0.1',
      port: defaults.port,
      agent: false,
      method,
      path,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
  }

  function send(sending: Sending = {}): Promise<Answer> {
    const { body } = sending;
    const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
    const length = isWhole ? { 'content-length': Buffer.byteLength(body) } : {};
    const req = open({ ...sending, headers: { ...length, ...sending.headers } });
    const answered = answerOf(req);
    if (typeof body === 'function') body(req);
    else req.end(body);
    return answered;
  }

  return {
    open,
    send,
    get: (path: string, headers: OutgoingHttpHeaders = {}) => send({ method: 'GET', path, headers }),
  };
}

/** Resolves with the answer even if the connection breaks after it. */
export function answerOf(req: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: res.statusCode ?? 0, headers: res.headers, bytes, text: bytes.toString() });
      });
    });
  });
}

export const attachmentOf = ({ text }: Answer) => Attachment.parse(JSON.parse(text));

/** What a test asks of a problem. */
export function problemOf({ status, headers, text }: Answer) {
  const { code, errors, ...problem } = Problem.parse(JSON.parse(text));
  if (problem.status !== status || headers['content-type'] !== 'application/problem+json') throw new Error(text);
  return { status, code, paths: errors?.map(({ path }) => path) };
}
