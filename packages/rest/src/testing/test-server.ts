import { createServer, request, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer, read to its end. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of JSON, else undefined. */
  readonly json: unknown;
}

interface Call {
  readonly headers?: Record<string, string>;
  /** Sent as it is; an array goes out chunk by chunk without a content-length. */
  readonly body?: string | Buffer | readonly (string | Buffer)[];
}

/** A server for one test: `await using server = await startServer(handle)`. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** By node's own client, which sends paths and headers as they are given. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** With a JSON body. */
  send(method: string, path: string, json: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export async function startServer(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.address());
  const call: TestServer['call'] = (method, path, options = {}) => exchange(port, method, path, options);
  return {
    port,
    call,
    send: (method, path, json, headers = {}) =>
      call(method, path, { body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...headers } }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

function exchange(port: number, method: string, path: string, { headers, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(
      { host: '127.0.0.1', port, method, path, headers: { ...lengthOf(body), ...headers } },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: res.statusCode ?? 0, headers: res.headers, text, json: parse(text, res.headers) });
        });
      },
    );
    req.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) req.write(body);
    else for (const chunk of body ?? []) req.write(chunk);
    req.end();
  });
}

function lengthOf(body: Call['body']): Record<string, string> {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return { 'content-length': String(Buffer.byteLength(body)) };
  return {};
}

function parse(text: string, headers: IncomingHttpHeaders): unknown {
  return /json/.test(headers['content-type'] ?? '') && text !== '' ? JSON.parse(text) : undefined;
}
