import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTaskmasterClient } from '../create-client.ts';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import type { TestServer } from '../testing/test-server.ts';
import { startTestServer } from '../testing/test-server.ts';
import type { Fetch } from './fetch.ts';
import { repeatable, repeatedly } from './repeatable.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Somebody whose requests all arrive, and of whose answers the next ones can be lost. */
async function join(username: string) {
  const sent: (string | null)[] = [];
  let toLose = 0;
  const fetch: Fetch = async (input, init) => {
    sent.push(new Headers(init?.headers).get('idempotency-key'));
    const answer = await globalThis.fetch(input, init);
    if (toLose-- > 0) throw new TypeError('the answer was lost');
    return answer;
  };
  const client = createTaskmasterClient({ url: server.url, fetch });
  const password = 'a long sentence of mine';
  await client.auth.register({ email: `${username}@example.com`, username, password });
  await client.auth.login({ email: username, password });
  const losing = (answers: number) => {
    toLose = answers;
    sent.length = 0;
    return sent;
  };
  return { client, losing };
}

test('what is repeated is what the server takes a key for', () => {
  const { paths } = JSON.parse(readFileSync(new URL('../../../api/openapi.json', import.meta.url), 'utf8'));
  const posts = Object.values<Record<string, { operationId: string; responses: object }>>(paths).flatMap(
    ({ post }) => post ?? [],
  );
  const keyed = posts.filter(({ responses }) => JSON.stringify(responses).includes('Idempotency-Replayed'));
  const ids = keyed.map(({ operationId }) => operationId).filter((id) => id !== 'attachments.upload');
  expect(ids.toSorted()).toEqual(repeatable.toSorted());
});

test('a creation whose answer was lost twice is asked for again, and happens once', async () => {
  const { client, losing } = await join('repeating');
  const sent = losing(2);
  const task = await client.tasks.create({ title: 'Once' });
  expect(sent).toHaveLength(3);
  expect(new Set(sent).size).toBe(1);
  const { items } = await client.tasks.list();
  expect(items.map(({ id }) => id)).toEqual([task.id]);
});

test('it gives up after three, and another call has another key', async () => {
  const { client, losing } = await join('giving_up');
  const sent = losing(3);
  await expect(client.tasks.create({ title: 'Once' })).rejects.toMatchObject({ code: 'NETWORK' });
  await client.tasks.create({ title: 'Twice' });
  expect(sent).toHaveLength(4);
  expect(new Set(sent).size).toBe(2);
  expect((await client.tasks.list()).total).toBe(2);
});

test('a change is not repeated: it is for its caller to look what became of it', async () => {
  const { client, losing } = await join('changing');
  const { id } = await client.tasks.create({ title: 'One' });
  const sent = losing(1);
  await expect(client.tasks.update({ task_id: id, title: 'Two' })).rejects.toMatchObject({ code: 'NETWORK' });
  expect(sent).toEqual([null]);
});

test('a creation that is refused is sent once', async () => {
  const { client, losing } = await join('refused');
  const sent = losing(0);
  await expect(client.tasks.create({ title: '' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  expect(sent).toHaveLength(1);
});

test('one that is still under way is asked for again, by the same key', async () => {
  const attempt = vi
    .fn<(key: string) => Promise<string>>()
    .mockRejectedValueOnce(new TaskmasterError('IDEMPOTENCY_KEY_IN_USE', 'still under way', { status: 409 }))
    .mockResolvedValue('made');
  expect(await repeatedly(attempt)).toBe('made');
  const [first, second] = attempt.mock.calls;
  expect(second).toEqual(first);
});

test('whoever aborts in the pause is not waited for, and nothing is sent again', async () => {
  const stop = new AbortController();
  const attempt = vi.fn<() => Promise<string>>(async () => {
    setImmediate(() => stop.abort(new Error('left the page')));
    throw new TaskmasterError('NETWORK', 'the answer was lost');
  });
  await expect(repeatedly(attempt, stop.signal)).rejects.toThrow('left the page');
  expect(attempt).toHaveBeenCalledTimes(1);
});
