import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { readUpload } from './read-upload.ts';
import { multipart } from '../testing/upload-surface.ts';

const limits = { maxFileBytes: 1000, pace: { stallTimeoutMs: 1000, minBytesPerSecond: 1 } };

test('of a client that is gone before anything was read nothing is stored, and nobody has to hear of it', async () => {
  const req = new IncomingMessage(new Socket());
  req.headers['content-type'] = multipart;
  const reason = new Error('gone');
  const store = vi.fn<Parameters<typeof readUpload>[2]>();
  await expect(readUpload(req, { limits, signal: AbortSignal.abort(reason) }, store)).rejects.toBe(reason);
  expect(store).not.toHaveBeenCalled();
});

test('of a client that leaves while its file is stored the storing is over when it is said', async () => {
  const req = new IncomingMessage(new Socket());
  req.headers['content-type'] = multipart;
  const abort = new AbortController();
  const reason = new Error('gone');
  let isOver = false;
  const store: Parameters<typeof readUpload>[2] = async ({ content }) => {
    abort.abort(reason);
    try {
      for await (const _ of content);
    } finally {
      await sleep(20);
      isOver = true;
    }
  };
  req.push('--test-boundary\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx');
  await expect(readUpload(req, { limits, signal: abort.signal }, store)).rejects.toBe(reason);
  expect(isOver).toBe(true);
});
