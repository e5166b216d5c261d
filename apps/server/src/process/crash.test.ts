import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';
import { isAlive } from '@taskmaster/testing/faults';
import { register, somebody, tokenOf } from '../testing/process/rest-client.ts';

test('kill -9: the next start needs no repair, and everything that was answered is there', async () => {
  await using here = await createInstallation();
  const ann = somebody();

  const first = await here.start();
  await register(first, ann);
  first.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');

  const second = await here.start();
  expect(await tokenOf(second, ann)).toBeTypeOf('string');
  const pid = await here.postgresPid();
  if (pid === undefined) throw new Error('PostgreSQL does not run');
  const bob = somebody();
  await register(second, bob);
  second.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await second.ended;
  while (isAlive(pid)) await sleep(10);

  const third = await here.start();
  expect(await tokenOf(third, ann)).toBeTypeOf('string');
  expect(await tokenOf(third, bob)).toBeTypeOf('string');
  expect(await third.stop()).toBe(0);
}, 120_000);
