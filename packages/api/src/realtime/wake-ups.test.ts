import { until } from '@taskmaster/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createWakeUps } from './wake-ups.ts';

const rest = { subscribe: () => undefined, close: async () => undefined };

test('while the bus hangs all writes are one wake-up, and then one more', async () => {
  const sent: PromiseWithResolvers<void>[] = [];
  const publish = async () => {
    const sending = Promise.withResolvers<void>();
    sent.push(sending);
    await sending.promise;
  };
  const wakeUps = createWakeUps({ ...rest, publish }, 1, (error) => expect.fail(String(error)));
  for (let write = 0; write < 20; write++) {
    wakeUps.publish();
    await sleep(3);
  }
  expect(sent).toHaveLength(1);
  sent[0]?.resolve();
  await until(() => sent.length === 2, 'the wake-up for what was written meanwhile');
  sent[1]?.resolve();
  await sleep(20);
  expect(sent).toHaveLength(2);
  wakeUps.stop();
});

test('a bus that is away is told of once, and once more when it has been back', async () => {
  const failures: unknown[] = [];
  let isAway = true;
  let attempts = 0;
  const publish = async () => {
    attempts++;
    if (isAway) throw new Error('away');
  };
  const wakeUps = createWakeUps({ ...rest, publish }, 1, (error) => failures.push(error));
  const send = async () => {
    const before = attempts;
    wakeUps.publish();
    await until(() => attempts > before, 'the attempt');
    await sleep(1);
  };
  await send();
  await send();
  expect(failures).toHaveLength(1);
  isAway = false;
  await send();
  isAway = true;
  await send();
  expect(failures).toHaveLength(2);
  wakeUps.stop();
});
