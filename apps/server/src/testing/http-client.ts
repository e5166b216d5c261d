import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { z } from 'zod';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON. */
  json: () => unknown;
  /** The body as JSON of this shape; throws where it is another. */
  as: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
}

export interface Asking {
  /** Undefined: none. */
  token?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, with no content type of its own. */
  raw?: string | Buffer;
  headers?: OutgoingHttpHeaders;
}

export type HttpClient = ReturnType<typeof createHttpClient>;

/** Sends what it is told, target included, over a few connections that it keeps. */
export function createHttpClient(origin: string, { connections = 16 } = {}) {
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  function call(method: string, target: string, { token, body, raw, headers = {} }: Asking = {}): Promise<Answer> {
    const bytes = body === undefined ? raw : JSON.stringify(body);
    const all: OutgoingHttpHeaders = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(bytes !== undefined && { 'content-length': Buffer.byteLength(bytes) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const req = request({ hostname, port, agent, method, path: target, headers: all }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () =>
          resolve(answerOf(res.statusCode ?? 0, res.headers, Buffer.concat(chunks).toString(), `${method} ${target}`)),
        );
      });
      req.on('error', (error) => reject(new Error(`${method} ${target}: ${error.message}`, { cause: error })));
      req.end(bytes);
    });
  }

  return {
    origin,
    call,
    /** Below `/api/v1`. */
    rest: (method: string, path: string, asking?: Asking) => call(method, `/api/v1${path}`, asking),
    /** One call of typed RPC, as tRPC's own client sends it. */
    rpc(type: 'query' | 'mutation', path: string, input?: unknown, asking: Asking = {}) {
      if (type === 'mutation') {
        const headers = { 'content-type': 'application/json', ...asking.headers };
        return call('POST', `/trpc/${path}`, { ...asking, headers, ...(input !== undefined && { body: input }) });
      }
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return call('GET', `/trpc/${path}${query}`, asking);
    },
    close: () => agent.destroy(),
  };
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string, asked: string): Answer {
  const json = (): unknown => JSON.parse(text);
  return {
    status,
    headers,
    text,
    json,
    as(schema) {
      const parsed = schema.safeParse(text === '' ? undefined : json());
      if (parsed.success) return parsed.data;
      throw new Error(`${asked} was answered by ${status} ${text.slice(0, 2000)}`);
    },
  };
}
