import { expect, test } from 'vitest';
import type { Fetch } from './fetch.ts';
import { timedFetch } from './fetch.ts';

const noAnswer: Fetch = (_input, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
  });

test('an answer that does not come in time is not waited for', async () => {
  await expect(timedFetch(noAnswer, 20)('http://x')).rejects.toMatchObject({ code: 'NETWORK' });
});

test('whoever aborts hears their own reason', async () => {
  const stop = new AbortController();
  const asking = timedFetch(noAnswer, 10_000)('http://x', { signal: stop.signal });
  stop.abort(new Error('mine'));
  await expect(asking).rejects.toThrow('mine');
});
