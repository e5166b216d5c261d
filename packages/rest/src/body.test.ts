import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RestFault } from './fault.ts';
import type { RawRoute } from './operation.ts';
import { serve, t } from './testing/test-surface.ts';

const create = t.procedure
  .meta({ openapi: { method: 'POST', path: '/tasks' } })
  .input(z.strictObject({ title: z.string().optional() }))
  .output(z.unknown())
  .mutation(({ input }) => input);
const router = t.router({ create });
const json = { 'content-type': 'application/json' };

describe('the type of a body', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json ; foo="a;charset=latin1"; charset=utf8',
  ])('%s is JSON', async (type) => {
    await using server = await serve(router);
    const answer = await server.call('POST', '/api/tasks', {
      body: '{"title":"é"}',
      headers: { 'content-type': type },
    });
    expect([answer.status, answer.json]).toEqual([200, { title: 'é' }]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/jsonp',
    'application/json; charset=latin1',
    'multipart/form-data; boundary=x',
    '',
  ])('%s is not', async (type) => {
    await using server = await serve(router);
    const whole = await server.call('POST', '/api/tasks', { body: '{}', headers: { 'content-type': type } });
    expect(whole).toMatchObject({ status: 415, json: { kind: 'unsupported_media_type' } });
    const chunked = await server.call('POST', '/api/tasks', { body: ['{', '}'], headers: { 'content-type': type } });
    expect(chunked).toMatchObject({ status: 415 });
  });

  it('is due where there is a body, and not where there is none', async () => {
    await using server = await serve(router);
    expect(await server.call('POST', '/api/tasks', { body: '{}' })).toMatchObject({ status: 415 });
    expect(await server.call('POST', '/api/tasks')).toMatchObject({ status: 200, json: {} });
    expect(
      await server.call('POST', '/api/tasks', { body: '', headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({ status: 200 });
  });

  it('is not compressed', async () => {
    await using server = await serve(router);
    const send = (encoding: string) =>
      server.call('POST', '/api/tasks', { body: '{}', headers: { ...json, 'content-encoding': encoding } });
    expect(await send('gzip')).toMatchObject({ status: 415 });
    expect(await send('Identity')).toMatchObject({ status: 200 });
  });
});

describe('a body that is no JSON', () => {
  it.each([
    ['{"title": "x"'],
    ['title'],
    [' '],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    [Buffer.from('\uFEFF\uFEFF{}')],
  ])('%s is malformed, and not quoted', async (body) => {
    await using server = await serve(router);
    const answer = await server.call('POST', '/api/tasks', { body, headers: json });
    expect(answer).toMatchObject({ status: 400, json: { kind: 'malformed_json' } });
    expect(answer.text).not.toMatch(/title|Unexpected/);
  });

  it('may begin with a byte order mark, and come in pieces of a character', async () => {
    await using server = await serve(router);
    const bytes = Buffer.from('\uFEFF{"title":"é"}');
    const answer = await server.call('POST', '/api/tasks', {
      body: [bytes.subarray(0, 14), bytes.subarray(14)],
      headers: json,
    });
    expect([answer.status, answer.json]).toEqual([200, { title: 'é' }]);
  });
});

describe('a body that is too large', () => {
  const body = (size: number) => JSON.stringify({ title: 'x'.repeat(size - '{"title":""}'.length) });

  it('is refused from the first byte over the limit, announced or counted', async () => {
    await using server = await serve(router, { maxBodyBytes: 100 });
    expect(await server.call('POST', '/api/tasks', { body: body(100), headers: json })).toMatchObject({ status: 200 });
    expect(await server.call('POST', '/api/tasks', { body: [body(100)], headers: json })).toMatchObject({
      status: 200,
    });
    const tooLarge = { status: 413, json: { kind: 'body_too_large' } };
    expect(await server.call('POST', '/api/tasks', { body: body(101), headers: json })).toMatchObject(tooLarge);
    const inTwo = { body: [body(101).slice(0, 60), body(101).slice(60)], headers: json };
    expect(await server.call('POST', '/api/tasks', inTwo)).toMatchObject(tooLarge);
  });

  it('is 1 MiB by default, and a client that writes 16 MB first reads its answer all the same', async () => {
    await using server = await serve(router);
    const options = { body: body(16_000_000), headers: json };
    for (let i = 0; i < 5; i++) {
      expect(await server.call('POST', '/api/tasks', options)).toMatchObject({ status: 413 });
      const closing = { ...options, headers: { ...json, connection: 'close' } };
      expect(await server.call('POST', '/api/tasks', closing)).toMatchObject({ status: 413 });
      expect(await server.call('DELETE', '/api/tasks', closing)).toMatchObject({ status: 405 });
      expect(await server.call('POST', '/api/tasks', { ...options, body: [options.body] })).toMatchObject({
        status: 413,
      });
    }
  });

  it('leaves the connection usable', async () => {
    await using server = await serve(router, { maxBodyBytes: 10 });
    const socket = connect(server.port, '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    const head = `POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}${head}Content-Length: 2\r\n\r\n{}`);
    await expect.poll(() => answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    socket.destroy();
  });

  it('is not read for ever: after the drain limit the connection is cut', async () => {
    await using server = await serve(router, { maxBodyBytes: 10 });
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write(
      'POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900000000\r\n\r\n',
    );
    await expect.poll(() => answer).toMatch(/^HTTP\/1.1 413/);
    for (let i = 0; i < 100 && !socket.closed; i++) {
      socket.write(Buffer.alloc(1024 * 1024));
      await sleep(5);
    }
    expect(socket.closed).toBe(true);
  });
});

describe('a client that leaves', () => {
  it('while it uploads is an aborted request and nothing else', async () => {
    await using server = await serve(router);
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"title":',
    );
    await sleep(50);
    socket.destroy();
    await expect.poll(() => server.errors).toHaveLength(1);
    expect(server.errors[0]).toMatchObject({ kind: 'aborted', code: 'CLIENT_CLOSED_REQUEST' });
    expect(server.errors[0]).toBeInstanceOf(RestFault);
    expect(server.fatal).toEqual([]);
  });
});

describe('a body that does not come', () => {
  const head = 'POST /api/tasks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';

  /** What comes back until the server closes the connection. */
  function sendHalf(port: number): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(`${head}{"title":`));
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer));
    });
  }

  it('is answered when its time is over, and the connection closed', async () => {
    await using server = await serve(router, { bodyTimeoutMs: 100 });
    expect(await sendHalf(server.port)).toMatch(/^HTTP\/1.1 408 [^]*"kind":"body_timeout"/);
  });

  it('in one piece has that time to arrive', async () => {
    await using server = await serve(router, { bodyTimeoutMs: 2_000 });
    const socket = connect(server.port, '127.0.0.1', () => socket.write(`${head}{"title":`));
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    await sleep(100);
    socket.write(`"${'x'.repeat(88)}"}`);
    expect(await answer).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('is not waited for where it is not read either', async () => {
    const guarded = t.procedure.use(() => {
      throw new TRPCError({ code: 'UNAUTHORIZED' });
    });
    const secret = guarded
      .meta({ openapi: { method: 'POST', path: '/tasks' } })
      .input(z.strictObject({}))
      .output(z.unknown())
      .mutation(() => null);
    await using server = await serve(t.router({ secret }));
    expect(await sendHalf(server.port)).toMatch(/^HTTP\/1.1 401 /);
  });
});

describe('a body that somebody else', () => {
  it('has read is an error that says so, not an empty input', async () => {
    const errors: unknown[] = [];
    await using server = await serve(router, {
      async createContext({ req }) {
        await buffer(req);
        return {};
      },
      onError(error) {
        errors.push(error);
        return { status: 500, problem: {} };
      },
    });
    expect(await server.call('POST', '/api/tasks', { body: '{}', headers: json })).toMatchObject({ status: 500 });
    expect(String(errors)).toContain('before any body parser');
  });

  it('took away is an aborted request, and nothing hangs', async () => {
    await using server = await serve(router, {
      async createContext({ req, signal }) {
        req.socket.destroy();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await sleep(10);
        return {};
      },
    });
    await expect(server.call('POST', '/api/tasks', { body: ['{'], headers: json })).rejects.toThrow(/hang up|RESET/);
    await expect.poll(() => server.errors).toMatchObject([{ kind: 'aborted' }]);
  });

  it('has given up reading does not hold back the connection', async () => {
    const upload: RawRoute = {
      id: 'upload',
      method: 'POST',
      path: '/upload',
      handle({ req }) {
        // As a multipart parser that has met its limit: takes nothing more in.
        req.pipe(new Writable({ write: () => undefined }));
        return Promise.reject(new RestFault('body_too_large', 'Too large.'));
      },
    };
    await using server = await serve(t.router({}), { routes: [upload] });
    const socket = connect(server.port, '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    socket.write(`POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n`);
    socket.write(Buffer.alloc(16_000_000));
    socket.write('GET /api/next HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 404']);
    socket.destroy();
  });
});

describe('the order of things', () => {
  it('asks who it is before it reads the body', async () => {
    const guarded = t.procedure.use(() => {
      throw new TRPCError({ code: 'UNAUTHORIZED' });
    });
    const secret = guarded
      .meta({ openapi: { method: 'POST', path: '/secret' } })
      .input(z.strictObject({}))
      .output(z.unknown())
      .mutation(() => null);
    await using server = await serve(t.router({ secret }));
    const body = 'x'.repeat(4_000_000);
    expect(await server.call('POST', '/api/secret', { body })).toMatchObject({ status: 401 });
  });

  it('keeps its fault although a middleware masks what it does not know', async () => {
    const masked = t.procedure.use(async ({ next }) => {
      const result = await next();
      if (!result.ok) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'masked' });
      return result;
    });
    const { create: _create, ...router } = {
      create,
      masked: masked
        .meta({ openapi: { method: 'POST', path: '/masked' } })
        .input(z.strictObject({}))
        .output(z.unknown())
        .mutation(() => null),
    };
    await using server = await serve(t.router(router));
    expect(await server.call('POST', '/api/masked', { body: '{', headers: json })).toMatchObject({ status: 400 });
  });
});
