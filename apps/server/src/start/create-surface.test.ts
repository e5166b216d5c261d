import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '@taskmaster/database';
import { listen, secretKey } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { readEnv } from '../env.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import { createSurface } from './create-surface.ts';

test('where a later part cannot be made, those before it are released', async () => {
  let attempts = 0;
  // A Redis that hangs up: the link to it tries again until it is closed.
  await using redis = createServer((socket) => {
    attempts++;
    socket.destroy();
  });
  const port = await listen(redis);
  const connection = connectDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  const making = createSurface({
    env: readEnv({ BUS_URL: `redis://127.0.0.1:${port}` }),
    secrets: { SECRET_KEY: secretKey, REFRESH_SECRET_KEY: secretKey },
    log: createLogger({ DEBUG: false, LOG_LEVEL: 'silent' }),
    connection,
    streams: connection,
    metrics: {
      ...createMetrics(),
      histogram() {
        throw new Error('one too many');
      },
    },
    appliedMigrations: 0,
  });
  await expect(making).rejects.toThrow('one too many');
  expect(attempts).toBeGreaterThan(0);
  // What was on its way arrives; nobody waits longer than a second before another attempt.
  await sleep(100);
  const before = attempts;
  await sleep(1_200);
  expect(attempts).toBe(before);
});
