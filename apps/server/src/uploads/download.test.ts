import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { attachmentOf, problemOf } from '../testing/upload-client.ts';
import { bodyOf, createUploadSurface, maxFileBytes, multipart } from '../testing/upload-surface.ts';
import type { UploadSurface } from '../testing/upload-surface.ts';

let surface: UploadSurface;
let path: string;
beforeAll(async () => {
  surface = await createUploadSurface();
  path = await upload('0123456789');
});
afterAll(() => surface[Symbol.asyncDispose]());
afterEach(() => assert.deepEqual(surface.faults, []));

/** The path of its download. */
async function upload(content: string, filename = 'digits.html') {
  const body = bodyOf(content, `name="file"; filename="${filename}"`);
  const { id } = attachmentOf(await surface.send({ headers: { 'content-type': multipart }, body }));
  return `${surface.path}/${id}/download`;
}
const etag = `"${createHash('sha256').update('0123456789').digest('hex')}"`;
const fileHeaders = {
  'content-type': 'text/plain',
  'content-disposition': 'attachment; filename="digits.html"',
  'content-length': '10',
  'accept-ranges': 'bytes',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
  'cache-control': 'private, no-cache',
  etag,
};

describe('a download', () => {
  test('gives the bytes, under headers that let no browser show them', async () => {
    const { status, headers, text } = await surface.get(path);
    expect([status, text]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject(fileHeaders);
  });

  test('HEAD: the same headers, and no body', async () => {
    const answer = await surface.send({ method: 'HEAD', path, headers: { range: 'bytes=1-2' } });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(answer.headers).toMatchObject(fileHeaders);
  });

  test('of a text that a program may want to read says what it is, and is shown by no browser either', async () => {
    const { headers } = await surface.get(await upload('{"a":1}', 'data.json'));
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="data.json"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': fileHeaders['content-security-policy'],
    });
  });

  test('that is over leaves no timer', async () => {
    const before = surface.timers();
    await Promise.all(Array.from({ length: 50 }, () => surface.get(path)));
    // Half of what one timer a request would leave. Asked soon: a deadline that is left is over by itself after 4.5 s.
    await expect.poll(surface.timers, { timeout: 2_000 }).toBeLessThan(before + 25);
  });

  test('of a file without bytes', async () => {
    const empty = await upload('');
    const { status, headers, text } = await surface.get(empty);
    expect([status, text, headers['content-length']]).toEqual([200, '', '0']);
    expect(problemOf(await surface.get(empty, { range: 'bytes=0-' }))).toMatchObject({ status: 416 });
  });

  test('no token, no sight of the task, another task, no such attachment, a query', async () => {
    const ask = async (sending: object) => problemOf(await surface.send({ method: 'GET', path, ...sending }));
    expect(await ask({ token: undefined })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await ask({ token: await surface.createUser() })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
    const other = `/api/v1/tasks/${randomUUID()}${path.slice(surface.path.indexOf('/attachments'))}`;
    expect(await ask({ path: other })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
    const absent = `${surface.path}/${randomUUID()}/download`;
    expect(await ask({ path: absent })).toMatchObject({ status: 404, code: 'ATTACHMENT_NOT_FOUND' });
    expect(await ask({ path: `${surface.path}/x/download` })).toMatchObject({ status: 422, paths: ['attachment_id'] });
    expect(await ask({ path: `${path}?token=1` })).toMatchObject({ status: 422, paths: ['token'] });
  });
});

describe('ranges', () => {
  test.each([
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
  ])('%s: 206', async (range, text, contentRange) => {
    const answer = await surface.get(path, { range });
    expect([answer.status, answer.text]).toEqual([206, text]);
    expect(answer.headers).toMatchObject({
      ...fileHeaders,
      'content-length': String(text.length),
      'content-range': contentRange,
    });
  });

  test.each(['bytes=x-y', 'lines=1-2', 'bytes=5-2', 'bytes=1-2,4-5'])('%s: the whole file', async (range) => {
    const answer = await surface.get(path, { range });
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([200, '0123456789', undefined]);
  });

  test('beyond the end: 416, which says how long the file is', async () => {
    const answer = await surface.get(path, { range: 'bytes=10-12' });
    expect(problemOf(answer)).toMatchObject({ status: 416, code: 'RANGE_NOT_SATISFIABLE' });
    expect(answer.headers['content-range']).toBe('bytes */10');
  });

  test.each([
    [etag, 206],
    ['"another"', 200],
    [`W/${etag}`, 200],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 200],
  ])('If-Range: %s gives %i', async (condition, status) => {
    expect((await surface.get(path, { range: 'bytes=2-5', 'if-range': condition })).status).toBe(status);
  });
});

describe('If-None-Match', () => {
  test.each([
    [etag, 304],
    [`W/${etag}`, 304],
    [`"a", ${etag}`, 304],
    ['*', 304],
    ['"another"', 200],
    [etag.slice(1, -1), 200],
  ])('%s gives %i', async (condition, status) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await surface.send({ method, path, headers: { 'if-none-match': condition, range: 'bytes=10-' } });
      // A range beyond the end matters only where there is something to send.
      const expected = status === 200 && method === 'GET' ? 416 : status;
      expect([answer.status, answer.headers.etag]).toEqual([expected, expected === 416 ? undefined : etag]);
    }
  });
});

describe('a client that goes away, or takes nothing', () => {
  test('100 downloads that are broken off leave no descriptor, no connection and no fault', async () => {
    const large = await upload('x'.repeat(maxFileBytes));
    await Promise.all(
      Array.from({ length: 100 }, async (_, round) => {
        const req = surface.open({ method: 'GET', path: large });
        req.on('error', () => undefined);
        if (round % 2 === 0)
          req.on('response', (res) => res.once('data', () => req.destroy()).on('error', () => undefined));
        req.end();
        await sleep(round % 20);
        req.destroy();
      }),
    );
    await expect.poll(surface.openFiles).toBe(0);
    await expect.poll(surface.connections).toBe(0);
  });

  test('gone while its file is opened: it is closed, and that is no fault', async () => {
    const [isOpening, isOpened] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    await using surface = await createUploadSurface({
      wrap: (storage) => ({
        ...storage,
        async open(...asked) {
          isOpening.resolve(undefined);
          await expect.poll(() => surface.connections()).toBe(0);
          const file = await storage.open(...asked);
          isOpened.resolve(undefined);
          return file;
        },
      }),
    });
    const body = bodyOf('x'.repeat(maxFileBytes));
    const { id } = attachmentOf(await surface.send({ headers: { 'content-type': multipart }, body }));
    const req = surface.open({ method: 'GET', path: `${surface.path}/${id}/download` }).on('error', () => undefined);
    req.end();
    await isOpening.promise;
    req.destroy();
    await isOpened.promise;
    await expect.poll(surface.openFiles).toBe(0);
    expect(surface.faults).toEqual([]);
  });

  test('a download that is not taken is cut off', async () => {
    await using surface = await createUploadSurface({
      stallTimeoutMs: 100,
      // More than all the buffers on the way take.
      wrap: (storage) => ({ ...storage, open: async () => Readable.from(endless()) }),
    });
    const body = bodyOf('x'.repeat(maxFileBytes));
    const { id } = attachmentOf(await surface.send({ headers: { 'content-type': multipart }, body }));
    const req = surface.open({ method: 'GET', path: `${surface.path}/${id}/download`, token: surface.user_id });
    req.on('error', () => undefined).on('response', (res) => res.pause());
    req.end();
    await expect.poll(surface.connections).toBe(1);
    await expect.poll(surface.connections).toBe(0);
  });

  test('a download that drips is cut off', async () => {
    await using surface = await createUploadSurface({
      stallTimeoutMs: 300,
      minBytesPerSecond: maxFileBytes * 10,
      wrap: (storage) => ({ ...storage, open: async () => Readable.from(dripping()) }),
    });
    const body = bodyOf('x'.repeat(maxFileBytes));
    const { id } = attachmentOf(await surface.send({ headers: { 'content-type': multipart }, body }));
    await expect(surface.get(`${surface.path}/${id}/download`)).rejects.toThrow('aborted');
    await expect.poll(surface.connections).toBe(0);
  });
});

async function* dripping() {
  for (;;) {
    yield Buffer.alloc(10);
    await sleep(20);
  }
}

async function* endless() {
  for (;;) yield Buffer.alloc(64 * 1024);
}
