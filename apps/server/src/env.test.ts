import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { EnvError, readEnv, variableNames } from './env.ts';

const fromTop = (path: string) => readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');

/** What docker-compose.yml reads, and the server does not. */
const composeOnly = ['POSTGRES_PASSWORD'];

describe('.env.example', () => {
  test('names every variable, and shows its default', async () => {
    const example = parseEnv(await fromTop('.env.example'));
    expect(Object.keys(example).toSorted()).toEqual([...variableNames, ...composeOnly].toSorted());
    expect(readEnv(example)).toEqual(readEnv({}));
  });

  test('says of every variable in the lines above it what it is', async () => {
    const lines = (await fromTop('.env.example')).split('\n');
    const silent = lines.filter((line, at) => /^[A-Z_]+=/.test(line) && !/^# \w/.test(lines[at - 1] ?? ''));
    expect(silent).toEqual([]);
  });
});

test('docker-compose.yml takes no variable that .env.example does not name', async () => {
  const example = parseEnv(await fromTop('.env.example'));
  const taken = [...(await fromTop('docker-compose.yml')).matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
  expect(taken.filter((name) => name === undefined || !(name in example))).toEqual([]);
});

test('the Dockerfile has the versions of pnpm and turbo that the workspace has', async () => {
  const [dockerfile, manifest, workspace] = await Promise.all(
    ['apps/server/Dockerfile', 'package.json', 'pnpm-workspace.yaml'].map(fromTop),
  );
  const version = (text: string | undefined, pattern: RegExp) => pattern.exec(text ?? '')?.[1];
  expect(version(dockerfile, /PNPM_VERSION=(\S+)/)).toBe(version(manifest, /"packageManager": "pnpm@([^"]+)"/));
  expect(version(dockerfile, /TURBO_VERSION=(\S+)/)).toBe(version(workspace, /^ {2}turbo: (\S+)$/m));
});

describe('a variable that does not parse is named', () => {
  test.each([
    [{ PORT: 'abc' }, 'PORT: is no whole number'],
    [{ PORT: '70000' }, 'PORT: '],
    [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL: is no PostgreSQL URL'],
    [{ ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS: is no JSON array of strings'],
    [{ RATE_LIMIT_LOGIN: '5 per minute' }, 'RATE_LIMIT_LOGIN: is not of the form 5/minute'],
    [{ SECRET_KEY: 'short' }, 'SECRET_KEY: has fewer than 32 characters'],
    [{ ALGORITHM: 'none' }, 'ALGORITHM: is none of HS256'],
    [{ DEBUG: 'maybe' }, 'DEBUG: is neither true nor false'],
    [
      { NODE_ENV: 'production', SECRET_KEY: 's'.repeat(32) },
      'REFRESH_SECRET_KEY: is required with NODE_ENV=production',
    ],
    [
      { SECRET_KEY: 's'.repeat(32), REFRESH_SECRET_KEY: 's'.repeat(32) },
      'REFRESH_SECRET_KEY: is the same as SECRET_KEY',
    ],
    [
      { REFRESH_TOKEN_EXPIRE_DAYS: '31', SESSION_EXPIRE_DAYS: '30' },
      'REFRESH_TOKEN_EXPIRE_DAYS: is more than SESSION_EXPIRE_DAYS (30)',
    ],
    [{ REFRESH_TOKEN_EXPIRE_DAYS: '91' }, 'REFRESH_TOKEN_EXPIRE_DAYS: is more than SESSION_EXPIRE_DAYS (90)'],
  ])('%o', (variables, line) => {
    expect(() => readEnv(variables)).toThrow(EnvError);
    expect(() => readEnv(variables)).toThrow(line);
  });
});

test('a token may live as long as its session', () => {
  const days = { REFRESH_TOKEN_EXPIRE_DAYS: '30', SESSION_EXPIRE_DAYS: '30' };
  expect(readEnv(days)).toMatchObject({ REFRESH_TOKEN_EXPIRE_DAYS: 30, SESSION_EXPIRE_DAYS: 30 });
});

test('a variable that is set to nothing is not set', () => {
  expect(readEnv({ PORT: '', DATABASE_URL: '' })).toEqual(readEnv({}));
});
