import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTaskmasterClient } from '../create-client.ts';
import type { TaskmasterClient } from '../create-client.ts';
import { memoryStorage } from '../session/storage.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';

let server: TestServer;
let client: TaskmasterClient;
let task_id: string;
const storage = memoryStorage();

beforeAll(async () => {
  server = await startTestServer();
  client = createTaskmasterClient({ url: server.url, storage });
  await client.auth.register({ email: 'ann@example.com', username: 'ann', password: 'correct horse battery' });
  await client.auth.login({ email: 'ann', password: 'correct horse battery' });
  task_id = (await client.tasks.create({ title: 'Ship it' })).id;
});
afterAll(() => server[Symbol.asyncDispose]());

const bytes = Uint8Array.from({ length: 1_000_000 }, (_, n) => n % 251);

test('a file goes up with progress, and comes down the same', async () => {
  const seen: number[] = [];
  const attachment = await client.attachments.upload(task_id, new Blob([bytes]), {
    filename: 'grüße "1".bin',
    onProgress: ({ sent_bytes, total_bytes }) => {
      expect(total_bytes).toBe(bytes.length);
      seen.push(sent_bytes);
    },
  });
  expect(attachment).toMatchObject({ task_id, size_bytes: bytes.length });
  expect(attachment.filename).toContain('grüße');
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.at(-1)).toBe(bytes.length);
  const response = await client.attachments.download(task_id, attachment.id);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  const part = await client.attachments.download(task_id, attachment.id, { range: 'bytes=1-3' });
  expect(part.status).toBe(206);
  expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(1, 4));
});

test('without progress a form is sent; the name is that of the file', async () => {
  const file = new File(['hello'], 'hello.txt', { type: 'text/plain' });
  const attachment = await client.attachments.upload(task_id, file);
  expect(attachment).toMatchObject({ filename: 'hello.txt', size_bytes: 5 });
  expect((await client.attachments.list({ task_id })).total).toBeGreaterThan(0);
});

test('up and down renew the token like every call', async () => {
  const kept = await storage.load();
  if (!kept) throw new Error('nobody is logged in');
  const tokens = { access_token: 'refused', refresh_token: kept.refresh_token };
  const again = createTaskmasterClient({ url: server.url, storage, tokens });
  const attachment = await again.attachments.upload(task_id, new Blob(['x']), { onProgress: () => {} });
  expect(attachment.size_bytes).toBe(1);
});

test('refusals are the same errors as everywhere; an abort is an abort', async () => {
  const elsewhere = '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11';
  const upload = client.attachments.upload(elsewhere, new Blob(['x']));
  await expect(upload).rejects.toMatchObject({ code: 'TASK_NOT_FOUND', status: 404 });
  const download = client.attachments.download(task_id, elsewhere);
  await expect(download).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' });
  const signal = AbortSignal.abort(new Error('changed my mind'));
  await expect(client.attachments.upload(task_id, new Blob([bytes]), { signal })).rejects.toThrow('changed my mind');
});

test('what is in an id is no path and no query', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>().mockRejectedValue(new TypeError('away'));
  const { attachments } = createTaskmasterClient({
    url: 'http://x',
    fetch,
    tokens: { access_token: 'a', refresh_token: 'r' },
  });
  const id = '../a/b?c#d';
  await expect(attachments.upload(id, new Blob(['x']))).rejects.toMatchObject({ code: 'NETWORK' });
  await expect(attachments.download(id, id)).rejects.toMatchObject({ code: 'NETWORK' });
  const collection = 'http://x/api/v1/tasks/..%2Fa%2Fb%3Fc%23d/attachments';
  expect(fetch.mock.calls.map(([url]) => url)).toEqual([collection, `${collection}/..%2Fa%2Fb%3Fc%23d/download`]);
});
