import { AppError } from '@taskmaster/core/errors';
import { connectDatabase } from '@taskmaster/database';
import { secretKey } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { readEnv } from '../env.ts';
import { createLogger } from '../logger.ts';
import { createDeps } from './create-deps.ts';

test('one of many processes hashes one password at a time', async () => {
  const connection = connectDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  const { passwords } = await createDeps({
    env: readEnv({ PROCESSES: '64' }),
    secrets: { SECRET_KEY: secretKey, REFRESH_SECRET_KEY: secretKey },
    log: createLogger({ DEBUG: false, LOG_LEVEL: 'silent' }),
    connection,
    streams: connection,
  });
  // Of so many at once one is at work, 128 wait, and the rest is refused. What is no hash is no work.
  const outcomes = await Promise.allSettled(
    Array.from({ length: 256 }, () => passwords.verify('no hash', 'a password')),
  );
  const refused = outcomes.filter((one) => one.status === 'rejected' && one.reason instanceof AppError);
  expect(refused).toHaveLength(256 - 1 - 128);
});
