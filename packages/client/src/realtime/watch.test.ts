import { expect, test } from 'vitest';
import { createWatch } from './watch.ts';

const done = { done: true, value: undefined };
const request = { path: 'x', input: {}, onDone: () => undefined };

test('what piles up before a loop that does not read becomes one resync, and it goes on from there', async () => {
  const { watch, feed } = createWatch<{ id: string; type: string }>(request);
  for (let n = 1; n <= 10_001; n++) feed.onEvent(`e${n}`, { type: 'task' });
  feed.onEvent('last', { type: 'task' });
  expect(await watch.next()).toEqual({ done: false, value: { id: 'e10001', type: 'resync' } });
  expect(await watch.next()).toEqual({ done: false, value: { id: 'last', type: 'task' } });
  await watch.return();
});

test('an empty position, which the first resync has, is none', () => {
  expect(createWatch({ ...request, lastEventId: '' }).feed.input()).toEqual({});
  expect(createWatch({ ...request, lastEventId: 'a' }).feed.input()).toEqual({ lastEventId: 'a' });
});

test('after return() nothing that was waiting is given out', async () => {
  const { watch, feed } = createWatch(request);
  feed.onEvent('a', { type: 'task' });
  feed.onEvent('b', { type: 'task' });
  expect(await watch.return()).toEqual(done);
  expect(await watch.next()).toEqual(done);
});

test('everybody who waits hears of the end, and one of them of the error', async () => {
  const { watch, feed } = createWatch(request);
  const reading = [watch.next(), watch.next(), watch.next()];
  feed.finish(new Error('gone'));
  expect(await Promise.allSettled(reading)).toEqual([
    { status: 'rejected', reason: new Error('gone') },
    { status: 'fulfilled', value: done },
    { status: 'fulfilled', value: done },
  ]);
});
