import { TokenPair } from '@taskmaster/core/contracts';
import { AppError } from '@taskmaster/core/errors';
import { sessions } from '@taskmaster/core/tables';
import { connectDatabase } from '@taskmaster/database';
import { secretKey } from '@taskmaster/testing';
import { eq, sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { readEnv } from '../env.ts';
import { createLogger } from '../logger.ts';
import { everybodysPassword as password } from '../testing/factories.ts';
import { startTestServer } from '../testing/test-server.ts';
import { createDeps } from './create-deps.ts';

test('one of many processes hashes one password at a time', async () => {
  const connection = connectDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
  onTestFinished(() => connection.close());
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

test('the lifetimes of tokens and sessions, and how often an account may be guessed at, are those of the settings', async () => {
  await using server = await startTestServer({
    env: {
      ACCESS_TOKEN_EXPIRE_MINUTES: '4',
      REFRESH_TOKEN_EXPIRE_DAYS: '2',
      SESSION_EXPIRE_DAYS: '3',
      RATE_LIMIT_ACCOUNT: '2/hour',
    },
  });
  const { id, username: email } = await server.person();
  const of = eq(sessions.user_id, id);
  const daysLeft = () =>
    server.db
      .select({ days: sql<number>`ceil(extract(epoch from ${sessions.expires_at} - now()) / 86400)`.mapWith(Number) })
      .from(sessions)
      .where(of)
      .orderBy(sessions.expires_at);
  expect(await daysLeft()).toEqual([{ days: 2 }]);

  const pair = (await server.rest('POST', '/auth/login', { body: { email, password } })).as(TokenPair);
  expect(pair.expires_in).toBe(240);
  await server.db
    .update(sessions)
    .set({ created_at: sql`now() - interval '2 days'` })
    .where(of);
  await server.rest('POST', '/auth/refresh', { body: { refresh_token: pair.refresh_token } });
  expect(await daysLeft(), 'of the one that was used: 3 days after it was started').toEqual([{ days: 1 }, { days: 2 }]);

  const guess = () => server.rest('POST', '/auth/login', { body: { email: 'nobody', password: 'wrong-horse' } });
  expect([(await guess()).status, (await guess()).status]).toEqual([401, 401]);
  expect((await guess()).headers['ratelimit-policy']).toBe('"account"; q=2; w=3600');
});

test('keys are replaced under way: what was signed, refreshed and answered by the previous ones is taken as before', async () => {
  await using before = await startTestServer();
  const { DATABASE_URL, SECRET_KEY, REFRESH_SECRET_KEY } = before.env;
  const keys = {
    SECRET_KEY: 'another key for access tokens of the tests',
    REFRESH_SECRET_KEY: 'another key for refresh tokens of the tests',
    SECRET_KEY_PREVIOUS: SECRET_KEY,
    REFRESH_SECRET_KEY_PREVIOUS: REFRESH_SECRET_KEY,
  };
  await using after = await startTestServer({ env: { DATABASE_URL, ...keys } });
  const { token, refresh_token } = await before.person();
  expect((await after.rest('GET', '/users/me', { token })).status).toBe(200);

  const refresh = async (server: typeof before) =>
    (await server.rest('POST', '/auth/refresh', { body: { refresh_token } })).as(TokenPair).refresh_token;
  const successor = await refresh(before);
  expect(await refresh(after)).toBe(successor);

  const create = async (server: typeof before, title: string) => {
    const headers = { 'idempotency-key': 'across-the-change' };
    const { status, text } = await server.rest('POST', '/tasks', { token, body: { title }, headers });
    return { status, text };
  };
  const made = await create(before, 'once');
  expect(made.status).toBe(201);
  expect(await create(after, 'once'), 'an honest repetition').toEqual(made);
  expect((await create(after, 'another')).status).toBe(422);
});
