import { setTimeout as sleep } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '@taskmaster/core/errors';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attachmentOf, problemOf } from '../testing/upload-client.ts';
import { bodyOf, createUploadSurface, maxFileBytes, multipart, partHead, tail } from '../testing/upload-surface.ts';
import type { UploadSurface } from '../testing/upload-surface.ts';

let surface: UploadSurface;
beforeAll(async () => {
  surface = await createUploadSurface();
});
afterAll(() => surface[Symbol.asyncDispose]());
afterEach(() => assert.deepEqual(surface.faults, []));

const headers = { 'content-type': multipart };
const upload = (content: string | Buffer, disposition?: string) =>
  surface.send({ headers, body: bodyOf(content, disposition) });

describe('an upload', () => {
  test('201 with Location and the attachment; the download gives the bytes back', async () => {
    const content = Buffer.alloc(70_000, 'abcdefg');
    const answer = await upload(content, 'name="file"; filename="Grüße.txt"');
    expect(answer.status).toBe(201);
    const made = attachmentOf(answer);
    expect(made).toMatchObject({
      task_id: surface.task_id,
      uploader_id: surface.user_id,
      filename: 'Grüße.txt',
      // What the part says of its type is not asked.
      content_type: 'text/plain',
      size_bytes: 70_000,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(answer.headers.location).toBe(`${surface.path}/${made.id}/download`);
    const { bytes } = await surface.get(String(answer.headers.location));
    expect(bytes.equals(content)).toBe(true);
  });

  test('through fetch and FormData, as any client would', async () => {
    const form = new FormData();
    form.set('file', new Blob(['hello'], { type: 'image/png' }), 'hello.txt');
    const request = new Request('http://unused', { method: 'POST', body: form });
    const body = Buffer.from(await request.arrayBuffer());
    const answer = await surface.send({ headers: { 'content-type': request.headers.get('content-type') ?? '' }, body });
    expect(attachmentOf(answer)).toMatchObject({ filename: 'hello.txt', content_type: 'text/plain', size_bytes: 5 });
  });

  test.each([
    ['name="file"; filename="../../etc/passwd"', 'passwd'],
    [String.raw`name="file"; filename="..\\..\\x.ini"`, 'x.ini'],
    ['name="file"; filename=".."', 'file'],
    ['name="file"; filename="%2e%2e%2fescape.txt"', '%2e%2e%2fescape.txt'],
    [`name="file"; filename*=UTF-8''%2E%2E%2Fa%E2%80%AEb.txt`, 'ab.txt'],
    ['name="file"', 'file'],
    ['name="file"; filename=""', 'file'],
  ])('of a part with %s is called %s', async (disposition, filename) => {
    expect(attachmentOf(await upload('x', disposition)).filename).toBe(filename);
  });

  test('after a preamble, and before an epilogue', async () => {
    const body = Buffer.concat([Buffer.from('preamble\r\n'), bodyOf('x'), Buffer.from('epilogue')]);
    expect((await surface.send({ headers, body })).status).toBe(201);
  });
});

describe('refused, with nothing stored:', () => {
  let before: { files: string[]; rows: number };
  const state = async () => ({ files: await surface.files(), rows: (await surface.rows()).length });
  beforeEach(async () => {
    before = await state();
  });
  afterEach(async () => {
    assert.deepEqual(await state(), before);
    assert.equal(await surface.openFiles(), 0);
  });

  const file = partHead();
  const field = (name: string) => `--test-boundary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nvalue\r\n`;
  const invalid = (...paths: string[]) => ({ status: 422, code: 'VALIDATION_FAILED', paths });

  test.each([
    ['no file', tail.trimStart(), invalid('file')],
    ['a field only', `${field('note')}${tail.trimStart()}`, invalid('note')],
    ['a field instead of the file', `${field('file')}${tail.trimStart()}`, invalid('file')],
    ['a field beside the file', `${field('note')}${file}x${tail}`, invalid('note')],
    ['a field after the file', `${file}x\r\n${field('note')}${tail.trimStart()}`, invalid('note')],
    ['two files', `${file}x\r\n${file}y${tail}`, invalid('file')],
    ['three parts', `${file}x\r\n--test-boundary\r\nA: b\r\n\r\ny${tail}`, invalid('file')],
    ['another name', `${partHead('name="document"; filename="a"')}x${tail}`, invalid('document')],
    ['a name without end', `${partHead(`name="${'n'.repeat(10_000)}"`)}x${tail}`, invalid(`${'n'.repeat(200)}…`)],
    ['a part without a name', `${partHead('filename="a"')}x${tail}`, invalid('')],
    ['no end', `${file}x`, { status: 400, code: 'MALFORMED_UPLOAD' }],
    ['an end within the boundary', `${file}x\r\n--test-bou`, { status: 400, code: 'MALFORMED_UPLOAD' }],
    ['a head that is none', '--test-boundary\r\n\u0001\u0002\r\n\r\nx', { status: 400, code: 'MALFORMED_UPLOAD' }],
    ['nothing', '', { status: 400, code: 'MALFORMED_UPLOAD' }],
    ['another boundary', `--other\r\n\r\nx\r\n--other--\r\n`, { status: 400, code: 'MALFORMED_UPLOAD' }],
  ])('%s', async (_what, body, problem) => {
    expect(problemOf(await surface.send({ headers, body }))).toEqual({ paths: undefined, ...problem });
  });

  test.each([
    ['JSON', { 'content-type': 'application/json' }],
    ['a form that is not multipart', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['another multipart', { 'content-type': 'multipart/mixed; boundary=test-boundary' }],
    ['no boundary', { 'content-type': 'multipart/form-data' }],
    ['no boundary among parameters', { 'content-type': 'multipart/form-data; charset=utf-8' }],
    ['no type', {}],
    ['compressed', { ...headers, 'content-encoding': 'gzip' }],
  ])('415: %s', async (_what, sent) => {
    const answer = await surface.send({ headers: sent, body: bodyOf('x') });
    expect(problemOf(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  test('no token, no sight of the task, no such task, no id, a query: whatever the body is', async () => {
    const ask = async (sending: object) => problemOf(await surface.send({ headers, body: bodyOf('x'), ...sending }));
    expect(await ask({ token: undefined })).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await ask({ token: undefined, headers: {}, path: '/api/v1/tasks/x/attachments' })).toMatchObject({
      status: 401,
    });
    const outsider = await surface.createUser();
    expect(await ask({ token: outsider })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
    expect(await ask({ token: outsider, headers: {} })).toMatchObject({ status: 404, code: 'TASK_NOT_FOUND' });
    expect(await ask({ path: `/api/v1/tasks/${randomUUID()}/attachments` })).toMatchObject({ status: 404 });
    expect(await ask({ path: '/api/v1/tasks/x/attachments' })).toEqual(invalid('task_id'));
    expect(await ask({ path: `${surface.path}?a=1&b=2` })).toEqual(invalid('a', 'b'));
    expect(await ask({ path: `${surface.path}?task_id=${randomUUID()}` })).toEqual(invalid('task_id'));
  });

  const tooLarge = { status: 413, code: 'FILE_TOO_LARGE' };

  test('one byte beyond the limit', async () => {
    expect(problemOf(await upload(Buffer.alloc(maxFileBytes + 1)))).toMatchObject(tooLarge);
  });

  test('far beyond the limit, sent to the end: announced, and in pieces of unknown length', async () => {
    const body = bodyOf(Buffer.alloc(20 * maxFileBytes));
    expect(problemOf(await surface.send({ headers, body }))).toMatchObject(tooLarge);
    const inPieces = await surface.send({ headers, body: (req) => req.end(body) });
    expect(problemOf(inPieces)).toMatchObject(tooLarge);
  });

  test('announced far beyond the limit: answered before the body comes', async () => {
    const req = surface.open({ headers: { ...headers, 'content-length': 10 ** 12 } });
    const answered = new Promise<number | undefined>((resolve) => req.on('response', (res) => resolve(res.statusCode)));
    req.on('error', () => undefined);
    req.flushHeaders();
    expect(await answered).toBe(413);
    req.destroy();
  });

  test('a second file: at its head, not at its end', async () => {
    const req = surface.open({ headers });
    const answered = new Promise<number | undefined>((resolve) => req.on('response', (res) => resolve(res.statusCode)));
    req.on('error', () => undefined);
    req.write(`${file}x\r\n${file}y`);
    expect(await answered).toBe(422);
    req.destroy();
  });

  test('a file within the limit, and no end of what follows it', async () => {
    const req = surface.open({ headers });
    const answered = new Promise<number | undefined>((resolve) => req.on('response', (res) => resolve(res.statusCode)));
    req.on('error', () => undefined);
    req.write(bodyOf('x'));
    const timer = setInterval(() => req.write(Buffer.alloc(30_000)), 1);
    expect(await answered).toBe(413);
    clearInterval(timer);
    req.destroy();
  });
});

test('of uploads that are over no timer is left', async () => {
  const before = surface.timers();
  await Promise.all(Array.from({ length: 50 }, () => upload('x')));
  // Half of what one timer a request would leave. Asked soon: a deadline that is left is over by itself after 4.5 s.
  await expect.poll(surface.timers, { timeout: 2_000 }).toBeLessThan(before + 25);
});

test('exactly the limit is taken', async () => {
  const answer = await upload(Buffer.alloc(maxFileBytes));
  expect(answer.status).toBe(201);
  expect(attachmentOf(answer).size_bytes).toBe(maxFileBytes);
});

test('a full disk: 503 with Retry-After', async () => {
  const full = new AppError('UNAVAILABLE', {
    retryAfterSeconds: 30,
    cause: Object.assign(new Error(), { code: 'ENOSPC' }),
  });
  await using surface = await createUploadSurface({
    wrap: (storage) => ({ ...storage, writeTemp: () => Promise.reject(full) }),
  });
  const answer = await surface.send({ headers, body: bodyOf(Buffer.alloc(maxFileBytes)) });
  expect(problemOf(answer)).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  expect(answer.headers['retry-after']).toBe('30');
});

test('200 uploads that are broken off, at any moment, leave no file, no descriptor, no row and no connection', async () => {
  await using surface = await createUploadSurface();
  await Promise.all(
    Array.from({ length: 200 }, async (_, round) => {
      const req = surface.open({ headers: { ...headers, 'content-length': 150_000 } });
      req.on('error', () => undefined);
      req.write(partHead() + 'x'.repeat((round % 20) * 5_000));
      await sleep(round % 50);
      req.destroy();
    }),
  );
  await expect.poll(surface.connections).toBe(0);
  await expect.poll(surface.openFiles).toBe(0);
  await expect.poll(surface.files).toEqual([]);
  expect(await surface.rows()).toEqual([]);
  expect(surface.faults).toEqual([]);
  expect((await surface.send({ headers, body: bodyOf('x') })).status).toBe(201);
});
