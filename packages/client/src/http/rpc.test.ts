import { maxBatchSize } from '@taskmaster/core/wire';
import { expect, test, vi } from 'vitest';
import { createRpc } from './rpc.ts';

/** The URLs of the requests that so many calls of one turn lead to. */
async function requestsOf(inputs: object[]): Promise<string[]> {
  const fetch = vi.fn<typeof globalThis.fetch>().mockRejectedValue(new TypeError('away'));
  const rpc = createRpc('http://x/trpc', fetch);
  await Promise.allSettled(inputs.map((input) => rpc({ kind: 'query', path: 'tasks.list', input })));
  return fetch.mock.calls.map(([input]) => String(input instanceof Request ? input.url : input));
}

const sizeOf = (url: string) => new URL(url).pathname.split(',').length;

test('as many calls travel together as the server takes', async () => {
  const requests = await requestsOf(Array.from({ length: maxBatchSize + 1 }, () => ({})));
  expect(requests.map(sizeOf)).toEqual([maxBatchSize, 1]);
});

test('no more calls travel together than fit into a URL', async () => {
  const requests = await requestsOf(Array.from({ length: 10 }, () => ({ search: 'a'.repeat(1_000) })));
  expect(requests.map(sizeOf)).toEqual([3, 3, 3, 1]);
  for (const url of requests) expect(url.length).toBeLessThanOrEqual(4_000);
});

/** Two calls that travel together, one with a signal, to a server that does not answer. */
async function twoCalls() {
  const stop = new AbortController();
  const listening = {
    begun: vi.spyOn(stop.signal, 'addEventListener'),
    ended: vi.spyOn(stop.signal, 'removeEventListener'),
  };
  const answer = Promise.withResolvers<Response>();
  const fetch = vi.fn<typeof globalThis.fetch>(() => answer.promise);
  const rpc = createRpc('http://x/trpc', fetch);
  const other = rpc({ kind: 'query', path: 'tasks.list', input: {} });
  const call = rpc({ kind: 'query', path: 'users.me', input: {}, signal: stop.signal });
  await expect.poll(() => fetch).toHaveBeenCalledTimes(1);
  return { stop, listening, answer, other, call };
}

test('an aborted call does not wait for those that travel with it, which go on', async () => {
  const { stop, answer, other, call } = await twoCalls();
  stop.abort(new Error('left the page'));
  await expect(call).rejects.toThrow('left the page');
  answer.resolve(Response.json([{ result: { data: 1 } }, { result: { data: 2 } }]));
  expect(await other).toBe(1);
});

test('one that is answered leaves no listener on its signal', async () => {
  const { listening, answer, call } = await twoCalls();
  answer.resolve(Response.json([{ result: { data: 1 } }, { result: { data: 2 } }]));
  expect(await call).toBe(2);
  const [begun, ended] = [listening.begun, listening.ended].map(({ mock }) => mock.calls.map(([, each]) => each));
  expect(begun).not.toEqual([]);
  expect(new Set(ended)).toEqual(new Set(begun));
});
