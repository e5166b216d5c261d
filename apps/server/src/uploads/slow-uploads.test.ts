import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { answerOf, attachmentOf, problemOf } from '../testing/upload-client.ts';
import { bodyOf, createUploadSurface, maxFileBytes, multipart, partHead, tail } from '../testing/upload-surface.ts';
import type { UploadSurface } from '../testing/upload-surface.ts';

const headers = { 'content-type': multipart };

describe('an upload that stands still', () => {
  test('is answered, cut off, and leaves nothing', async () => {
    await using surface = await createUploadSurface({ stallTimeoutMs: 100 });
    const req = surface.open({ headers: { ...headers, 'content-length': 100_000 } });
    const closed = new Promise((resolve) => req.on('close', resolve));
    const status = new Promise((resolve) => req.on('response', (res) => resolve(res.statusCode)));
    req.on('error', () => undefined);
    req.write(partHead() + 'x'.repeat(10_000));
    expect(await status).toBe(408);
    await closed;
    await expect.poll(surface.connections).toBe(0);
    expect([await surface.files(), await surface.rows(), await surface.openFiles()]).toEqual([[], [], 0]);
  });

  test('is not one that is slow', async () => {
    await using surface = await createUploadSurface({ stallTimeoutMs: 200 });
    const req = surface.open({ headers });
    const answered = answerOf(req);
    req.write(partHead());
    for (let round = 0; round < 8; round++) {
      await sleep(60);
      req.write('x');
    }
    req.end(tail);
    expect(attachmentOf(await answered).size_bytes).toBe(8);
  });

  test('is not one that waits for our disk', async () => {
    const wrap: Parameters<typeof createUploadSurface>[0] = {
      stallTimeoutMs: 100,
      wrap: (storage) => ({
        ...storage,
        async writeTemp(key, source) {
          await sleep(400);
          await storage.writeTemp(key, source);
        },
      }),
    };
    await using surface = await createUploadSurface(wrap);
    const answer = await surface.send({ headers, body: bodyOf(Buffer.alloc(maxFileBytes)) });
    expect(attachmentOf(answer).size_bytes).toBe(maxFileBytes);
  });
});

describe('an upload that drips', () => {
  /** Sends so many bytes every 20 ms, for as long as it is let; the answer, and when the connection is closed. */
  async function drip(
    surface: UploadSurface,
    { chunkBytes, rounds = Infinity }: { chunkBytes: number; rounds?: number },
  ) {
    const req = surface.open({ headers });
    const closed = new Promise((resolve) => req.on('close', resolve));
    const over = new AbortController();
    const answered = answerOf(req).finally(() => over.abort());
    req.write(partHead());
    for (let round = 0; !over.signal.aborted && round < rounds; round++) {
      await sleep(20);
      req.write('x'.repeat(chunkBytes));
    }
    if (!over.signal.aborted) req.end(tail);
    return { answer: await answered, closed };
  }

  test('is answered by 408, cut off, and leaves nothing', async () => {
    await using surface = await createUploadSurface({ stallTimeoutMs: 400, minBytesPerSecond: 10_000 });
    const { answer, closed } = await drip(surface, { chunkBytes: 10 });
    expect(problemOf(answer)).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT' });
    expect(answer.headers.connection).toBe('close');
    await closed;
    await expect.poll(surface.connections).toBe(0);
    expect([await surface.files(), await surface.rows(), await surface.openFiles()]).toEqual([[], [], 0]);
  });

  test('is cut off after its answer too, though it goes on dripping', async () => {
    await using surface = await createUploadSurface({ stallTimeoutMs: 200, minBytesPerSecond: 10_000 });
    const req = surface.open({ headers });
    const closed = new Promise((resolve) => req.on('close', resolve));
    const status = new Promise((resolve) => req.on('response', (res) => resolve(res.statusCode)));
    req.on('error', () => undefined);
    req.write(partHead());
    const dripping = setInterval(() => req.write('x'), 20);
    expect(await status).toBe(408);
    await closed;
    clearInterval(dripping);
    await expect.poll(surface.connections).toBe(0);
  });

  test('is not one that is slow, and above the least rate', async () => {
    await using surface = await createUploadSurface({ stallTimeoutMs: 400, minBytesPerSecond: 1_000 });
    const { answer } = await drip(surface, { chunkBytes: 200, rounds: 60 });
    expect(attachmentOf(answer).size_bytes).toBe(12_000);
  });
});
