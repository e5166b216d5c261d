import { AppError } from '@taskmaster/core/errors';
import { expect, test } from 'vitest';
import { createEventQueue } from './event-queue.ts';

test('once it has failed nothing of what is queued is given out any more', async () => {
  const queue = createEventQueue<string>(10);
  queue.push('before');
  queue.fail(new AppError('UNAUTHENTICATED'));
  queue.push('after');
  await expect(queue.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('once it has ended what is queued is given out, and nothing after it', async () => {
  const queue = createEventQueue<string>(10);
  queue.push('before');
  queue.end();
  queue.push('after');
  expect([await queue.next(), await queue.next()]).toEqual(['before', undefined]);
});
