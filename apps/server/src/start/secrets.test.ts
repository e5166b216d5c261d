import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TokenPair } from '@taskmaster/core/contracts';
import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

const noKeys = { SECRET_KEY: '', REFRESH_SECRET_KEY: '' };

it('a restart logs nobody out: keys that are not set are made once and kept', async () => {
  await using first = await startTestServer({ env: noKeys });
  const person = await first.person();
  const { DATABASE_URL, DATA_DIR } = first.env;
  await using second = await startTestServer({ env: { ...noKeys, DATABASE_URL, DATA_DIR } });
  expect((await second.rest('GET', '/users/me', { token: person.token })).status).toBe(200);
  const refreshed = await second.rest('POST', '/auth/refresh', { body: { refresh_token: person.refresh_token } });
  expect(refreshed.as(TokenPair).token_type).toBe('bearer');
  expect((await stat(join(DATA_DIR, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

it('warns, and does not print them', async () => {
  await using server = await startTestServer({ env: noKeys });
  const warnings = server.log.lines.filter((line) => line.includes('SECRET_KEY'));
  expect(warnings).toHaveLength(1);
  expect(JSON.parse(warnings[0] ?? '{}')).toMatchObject({ level: 40, msg: expect.stringContaining('secrets.json') });
});

it('another key makes the tokens of the first worthless', async () => {
  await using first = await startTestServer();
  const { token } = await first.person();
  const { DATABASE_URL } = first.env;
  await using second = await startTestServer({
    env: { DATABASE_URL, SECRET_KEY: 'another key than that of the first' },
  });
  expect((await second.rest('GET', '/users/me', { token })).status).toBe(401);
});
