import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRPCError } from '@trpc/server';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RestFault } from './fault.ts';
import { createRestHandler } from './handler.ts';
import type { RestOptions } from './meta.ts';
import type { RawRoute, RestMethod } from './operation.ts';
import { startServer } from './testing/test-server.ts';
import { answerError, serve, t } from './testing/test-surface.ts';

type Resolver = (options: { input: unknown; signal: AbortSignal | undefined }) => unknown;

const operation = (method: RestMethod, path: `/${string}`, resolve: Resolver, rest: RestOptions = {}) =>
  t.procedure
    .meta({ openapi: { method, path }, rest })
    .input(z.strictObject({ id: z.string().optional(), user_id: z.string().optional() }))
    .output(z.unknown())
    .query(resolve);

describe('success', () => {
  it('is JSON with its length', async () => {
    await using server = await serve(t.router({ get: operation('GET', '/a', () => ({ text: 'é' })) }));
    const { status, headers, text } = await server.call('GET', '/api/a');
    expect([status, text]).toEqual([200, '{"text":"é"}']);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-length': '13' });
  });

  it('is the same for HEAD, without the body', async () => {
    await using server = await serve(t.router({ get: operation('GET', '/a', () => ({ text: 'é' })) }));
    const { status, headers, text } = await server.call('HEAD', '/api/a');
    expect([status, text]).toEqual([200, '']);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-length': '13' });
  });

  it('of nothing is 204 without a body or a type', async () => {
    await using server = await serve(t.router({ remove: operation('DELETE', '/a', () => undefined, { status: 204 }) }));
    const { status, headers, text } = await server.call('DELETE', '/api/a');
    expect([status, text, headers['content-type'], headers['content-length']]).toEqual([204, '', undefined, undefined]);
  });

  it.each([
    ['/a/{id}', '/api/a/made%20%2F'],
    ['/a/{user.id}', '/api/a/7'],
    ['/a/{user_id}/b/{id}/', '/api/a/me/b/made%20%2F/'],
    ['/a/{nothing}', undefined],
    ['/a/{user}', undefined],
  ])('that makes something is 201 with the Location %s', async (location, expected) => {
    const made = { id: 'made /', user: { id: 7 } };
    await using server = await serve(
      t.router({ make: operation('POST', '/a/{user_id}', () => made, { status: 201, location }) }),
    );
    const { status, headers } = await server.send('POST', '/api/a/me', { id: 'not this one' });
    expect([status, headers.location]).toEqual([201, expected]);
    expect(server.fatal).toHaveLength(expected === undefined ? 1 : 0);
  });

  it('refuses a Location that would not be sent', async () => {
    const make = operation('POST', '/a', () => null, { location: '/a' });
    await expect(serve(t.router({ make }))).rejects.toThrow(/location/);
  });
});

describe('ETag', () => {
  const router = t.router({
    get: operation('GET', '/a', () => ({ version: 7 })),
    put: operation('PUT', '/a', () => ({ version: 8 })),
    none: operation('GET', '/none', () => ({})),
  });
  const etag = (output: unknown) => {
    const found = z.object({ version: z.number() }).safeParse(output);
    return found.success ? `"${found.data.version},"` : undefined;
  };

  it('is on every answer that has one', async () => {
    await using server = await serve(router, { etag });
    expect((await server.call('GET', '/api/a')).headers.etag).toBe('"7,"');
    expect((await server.call('HEAD', '/api/a')).headers.etag).toBe('"7,"');
    expect((await server.call('PUT', '/api/a')).headers.etag).toBe('"8,"');
    expect((await server.call('GET', '/api/none')).headers.etag).toBeUndefined();
  });

  it.each(['"7,"', 'W/"7,"', '"other", "7,"', '"other" ,W/"7,",', '*'])(
    'If-None-Match: %s is a 304',
    async (header) => {
      await using server = await serve(router, { etag });
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, text } = await server.call(method, '/api/a', { headers: { 'if-none-match': header } });
        expect([status, headers.etag, text, headers['content-type']]).toEqual([304, '"7,"', '', undefined]);
      }
    },
  );

  it.each(['"7"', '7,', '"7,', '', '"other"'])('If-None-Match: %s is not', async (header) => {
    await using server = await serve(router, { etag });
    expect(await server.call('GET', '/api/a', { headers: { 'if-none-match': header } })).toMatchObject({ status: 200 });
  });

  it('is not asked for by a write, nor where there is none', async () => {
    await using server = await serve(router, { etag });
    const headers = { 'if-none-match': '*' };
    expect(await server.call('PUT', '/api/a', { headers })).toMatchObject({ status: 200 });
    expect(await server.call('GET', '/api/none', { headers })).toMatchObject({ status: 200 });
  });

  it('of a weak tag matches its strong twin', async () => {
    await using server = await serve(router, { etag: () => 'W/"7"' });
    expect(await server.call('GET', '/api/a', { headers: { 'if-none-match': '"7"' } })).toMatchObject({ status: 304 });
  });
});

describe('errors', () => {
  const fails = (error: unknown) =>
    operation('GET', '/a', () => {
      throw error;
    });

  it('are what onError makes of them', async () => {
    const router = t.router({ get: fails(new TRPCError({ code: 'CONFLICT', message: 'secret' })) });
    await using server = await serve(router, {
      onError: (error, { req, operation }) => ({
        status: 409,
        headers: { 'retry-after': '1' },
        problem: { code: error instanceof TRPCError && error.code, at: req.url, id: operation?.id },
      }),
    });
    const { status, headers, json } = await server.call('GET', '/api/a');
    expect([status, json]).toEqual([409, { code: 'CONFLICT', at: '/api/a', id: 'get' }]);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' });
  });

  it('of unknown kind keep their message to themselves', async () => {
    await using server = await serve(t.router({ get: fails(new Error('secret')) }));
    const { status, text } = await server.call('GET', '/api/a');
    expect([status, text]).toEqual([500, '{"kind":"INTERNAL_SERVER_ERROR"}']);
  });

  it.each(['/api/a', '/api/nothing', '/api/put'])('of HEAD %s have no body', async (path) => {
    const put = operation('PUT', '/put', () => null);
    await using server = await serve(t.router({ get: fails(new Error('x')), put }));
    const head = await server.call('HEAD', path);
    const get = await server.call('GET', path);
    expect([head.status, head.text, head.headers['content-length']]).toEqual([
      get.status,
      '',
      get.headers['content-length'],
    ]);
    expect(get.text).not.toBe('');
  });

  it.each([
    ['createContext', { createContext: () => Promise.reject(new RestFault('malformed_path', 'x')) }, 400],
    [
      'etag',
      {
        etag: () => {
          throw new Error('x');
        },
      },
      500,
    ],
  ])('of %s go the same way', async (_name, options, status) => {
    await using server = await serve(t.router({ get: operation('GET', '/a', () => ({})) }), options);
    expect(await server.call('GET', '/api/a')).toMatchObject({ status });
    expect(server.errors).toHaveLength(1);
  });

  it('of an output without JSON go the same way', async () => {
    await using server = await serve(t.router({ get: operation('GET', '/a', () => 1n) }));
    expect(await server.call('GET', '/api/a')).toMatchObject({ status: 500 });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('hook');
      },
    ],
    ['answers what is no JSON', () => ({ status: 400, problem: { a: 1n } })],
    ['answers what is no header', () => ({ status: 400, headers: { a: '\n' }, problem: {} })],
    ['answers what is no status', () => ({ status: 7, problem: {} })],
  ])('are an empty 500 where onError %s', async (_what, onError) => {
    await using server = await serve(t.router({ get: fails(new Error('x')) }), { onError });
    const { status, json } = await server.call('GET', '/api/a');
    expect([status, json, server.fatal.length]).toEqual([500, {}, 1]);
  });

  it('of onFatal end there', async () => {
    const boom = () => {
      throw new Error('x');
    };
    await using server = await serve(t.router({ get: fails(new Error('x')) }), { onError: boom, onFatal: boom });
    expect(await server.call('GET', '/api/a')).toMatchObject({ status: 500 });
  });
});

describe('the signal', () => {
  const get = (port: number) => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /api/a HTTP/1.1\r\nHost: x\r\n\r\n');
    return socket;
  };

  it('aborts when the client goes away, and what heeds it is no error', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const wait = operation('GET', '/a', async ({ signal }) => {
      signals.push(signal);
      await new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new DOMException('x', 'AbortError'))),
      );
    });
    await using server = await serve(t.router({ wait }));
    const socket = get(server.port);
    await expect.poll(() => signals).toHaveLength(1);
    expect(signals[0]?.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => server.errors).toHaveLength(1);
    expect(server.errors[0]).toMatchObject({ kind: 'aborted' });
  });

  it('hides no error of another kind', async () => {
    const wait = operation('GET', '/a', async ({ signal }) => {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      throw new Error('a bug');
    });
    await using server = await serve(t.router({ wait }));
    const socket = get(server.port);
    socket.on('connect', () => setTimeout(() => socket.destroy(), 50));
    await expect.poll(() => server.errors).toHaveLength(1);
    expect(server.errors[0]).toMatchObject({ message: 'a bug' });
  });

  it('does not abort after a normal answer', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    await using server = await serve(t.router({ get: operation('GET', '/a', ({ signal }) => signals.push(signal)) }));
    await server.call('GET', '/api/a', { headers: { connection: 'close' } });
    await sleep(20);
    expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
  });
});

describe('routes outside of tRPC', () => {
  const file: RawRoute = {
    id: 'files.download',
    method: 'GET',
    path: '/files/{name}',
    async handle({ res, params }) {
      await Promise.resolve();
      if (params['name'] === 'missing') throw new RestFault('path_not_found', 'No such file.');
      if (params['name'] === 'broken') {
        res.writeHead(200, { 'content-length': 100 });
        res.write('half');
        throw new Error('the disk is gone');
      }
      res.writeHead(200, { 'content-type': 'text/plain', 'content-length': 4 });
      res.end('file');
    },
  };
  const router = t.router({ upload: operation('POST', '/files/{user_id}', () => null) });

  it('share paths, methods and errors with procedures', async () => {
    await using server = await serve(router, { routes: [file] });
    expect(await server.call('GET', '/api/files/a%20b')).toMatchObject({ status: 200, text: 'file' });
    expect(await server.call('HEAD', '/api/files/a')).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '4' },
    });
    expect(await server.call('GET', '/api/files/missing')).toMatchObject({
      status: 404,
      json: { detail: 'No such file.' },
    });
    expect((await server.call('PUT', '/api/files/a')).headers.allow).toBe('GET, POST, HEAD, OPTIONS');
    expect(server.rest.operations.map(({ kind, id }) => [kind, id])).toEqual([
      ['procedure', 'upload'],
      ['route', 'files.download'],
    ]);
  });

  it('that break off half way break the connection', async () => {
    await using server = await serve(router, { routes: [file] });
    await expect(server.call('GET', '/api/files/broken')).rejects.toThrow(/aborted|hang up/);
    expect(await server.call('GET', '/api/files/a')).toMatchObject({ status: 200 });
  });

  it('may not take the place or the name of another', async () => {
    await expect(serve(router, { routes: [file, { ...file, id: 'b' }] })).rejects.toThrow(/Two routes/);
    await expect(serve(router, { routes: [{ ...file, id: 'upload' }] })).rejects.toThrow(/Two operations/);
  });
});

it('is mounted in Express under a path or not, and keeps the headers set before', async () => {
  const router = t.router({ get: operation('GET', '/a', () => ({ ok: true })) });
  const rest = createRestHandler({ router, basePath: '/api', createContext: () => ({}), onError: answerError });
  for (const mount of ['/api', '/']) {
    const app = express();
    app.use((_req, res, next) => {
      res.setHeader('x-request-id', '7');
      next();
    });
    app.use(mount, (req, res) => void rest.handle(req, res));
    await using server = await startServer((req, res) => void app(req, res));
    const { status, headers, json } = await server.call('GET', '/api/a');
    expect([status, json, headers['x-request-id']]).toEqual([200, { ok: true }, '7']);
    expect(await server.call('GET', '/api/b')).toMatchObject({ status: 404, headers: { 'x-request-id': '7' } });
  }
});
