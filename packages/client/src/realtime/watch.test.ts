import { expect, test } from 'vitest';
import { createWatch } from './watch.ts';

test('what piles up before a loop that does not read becomes one resync, and it goes on from there', async () => {
  const { watch, feed } = createWatch<{ id: string; type: string }>({ path: 'x', input: {}, onDone: () => undefined });
  for (let n = 1; n <= 10_001; n++) feed.onEvent(`e${n}`, { type: 'task' });
  feed.onEvent('last', { type: 'task' });
  expect(await watch.next()).toEqual({ done: false, value: { id: 'e10001', type: 'resync' } });
  expect(await watch.next()).toEqual({ done: false, value: { id: 'last', type: 'task' } });
  await watch.return();
});
