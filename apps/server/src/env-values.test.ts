import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readEnv, variableNames } from './env.ts';
import type { Env } from './env.ts';

interface Case {
  name: keyof Env;
  fallback: unknown;
  good: readonly [text: string, value: unknown];
  bad: readonly string[];
}

const key = 'k'.repeat(32);
const minute = (points: number) => ({ points, windowSeconds: 60 });
const badOrigins = ['["https://a.example/"]', '["a.example"]', '["https://A.example"]', '["null"]', '["https://u@a"]'];
const badHosts = ['["a.example:80"]', '["https://a.example"]', '["A.example"]', '["*"]', '["a."]', '[""]'];
const is = (name: Case['name'], fallback: unknown, good: Case['good'], ...bad: string[]): Case => ({
  name,
  fallback,
  good,
  bad,
});

const cases = [
  is('NODE_ENV', 'development', ['test', 'test'], 'prod', 'Production', 'staging'),
  is('HOST', '127.0.0.1', ['0.0.0.0', '0.0.0.0']),
  is('PORT', 8000, ['0', 0], '-1', '65536', '80.5', '0x50', ' 80'),
  is('DATABASE_URL', undefined, ['postgres://u:p@h/d', 'postgres://u:p@h/d'], 'sqlite:./x.db', 'h/d'),
  is('MIGRATION_DATABASE_URL', undefined, ['postgres://o:p@h/d', 'postgres://o:p@h/d'], 'h/d'),
  is('DATABASE_POOL_SIZE', 10, ['25', 25], '0', 'many'),
  is('DATABASE_STATEMENT_TIMEOUT_SECONDS', 5, ['15', 15], '0', '16'),
  is('DATABASE_QUEUE_TIMEOUT_SECONDS', 5, ['1', 1], '0', '16'),
  is('PROCESSES', 1, ['4', 4], '0', '65', 'abc', '1.5'),
  is(
    'BUS_URL',
    undefined,
    ['rediss://u:p@h:6380/1', 'rediss://u:p@h:6380/1'],
    'redis',
    'http://h',
    'redis://',
    'redis://h/abc',
  ),
  is('DATA_DIR', resolve('.data'), ['/var/lib/x', '/var/lib/x']),
  is('UPLOAD_DIR', resolve('uploads'), ['/var/lib/u', '/var/lib/u']),
  is('MAX_FILE_SIZE_MB', 10, ['25', 25], '0', '1.5'),
  is('AUDIT_DIR', undefined, ['/var/lib/a', '/var/lib/a']),
  is('AUDIT_SECRET_KEY', undefined, [key, key], 'short'),
  is('SECRET_KEY', undefined, [key, key], 'short'),
  is('REFRESH_SECRET_KEY', undefined, [key, key], 'short'),
  is('SECRET_KEY_PREVIOUS', undefined, [key, key], 'short'),
  is('REFRESH_SECRET_KEY_PREVIOUS', undefined, [key, key], 'short'),
  is('ALGORITHM', 'HS256', ['HS512', 'HS512'], 'none', 'RS256', 'ES256', 'EdDSA', 'hs256'),
  is('ACCESS_TOKEN_EXPIRE_MINUTES', 15, ['30', 30], '0', '15m'),
  is('REFRESH_TOKEN_EXPIRE_DAYS', 7, ['14', 14], '0', '366'),
  is('SESSION_EXPIRE_DAYS', 90, ['30', 30], '0', '3651'),
  is('ALLOWED_ORIGINS', ['*'], ['["https://a.example"]', ['https://a.example']], '*', '{}', '[1]', ...badOrigins),
  is('ALLOWED_HOSTS', [], ['["a.example","[::1]"]', ['a.example', '[::1]']], 'a.example', ...badHosts),
  is('RATE_LIMIT_LOGIN', minute(5), ['10/minute', minute(10)], '5', '0/minute', '5/fortnight', '5 / minute'),
  is('RATE_LIMIT_REGISTER', minute(600), ['9/minute', minute(9)], 'unlimited'),
  is('RATE_LIMIT_ACCOUNT', { points: 30, windowSeconds: 3600 }, ['9/minute', minute(9)], 'unlimited'),
  is('RATE_LIMIT_WRITES', minute(3000), ['9/minute', minute(9)], 'unlimited'),
  is('RATE_LIMIT_UPLOADS', minute(300), ['9/minute', minute(9)], 'unlimited'),
  is('RATE_LIMIT_SEARCHES', minute(1500), ['9/minute', minute(9)], 'unlimited'),
  is('RATE_LIMIT_ALL', minute(30_000), ['9/minute', minute(9)], 'unlimited'),
  is('HEADERS_TIMEOUT_SECONDS', 20, ['1', 1], '0', '301'),
  is('KEEP_ALIVE_TIMEOUT_SECONDS', 65, ['605', 605], '0', '3601'),
  is('TRANSFER_STALL_SECONDS', 30, ['1', 1], '0', '3601'),
  is('TRANSFER_MIN_BYTES_PER_SECOND', 4096, ['1', 1], '0', '1.5'),
  is('BODY_TIMEOUT_SECONDS', 10, ['1', 1], '0', '301'),
  is('MAX_REQUESTS_IN_FLIGHT', 1000, ['10', 10], '9', 'many'),
  is('MAX_EVENT_LOOP_DELAY_MS', 1000, ['50', 50], '49', '60001'),
  is('MAX_MEMORY_PERCENT', 90, ['100', 100], '49', '101', '0.9'),
  is('TRUST_PROXY_HOPS', 0, ['2', 2], 'true', '-1'),
  is('EVENT_RETENTION_DAYS', 7, ['30', 30], '0', '366', '7d'),
  is('MAX_SOCKETS', 20_000, ['50000', 50_000], '0', 'many'),
  is('MAX_SOCKETS_PER_ADDRESS', 1_000, ['20000', 20_000], '0'),
  is('MAX_SOCKETS_PER_USER', 100, ['5', 5], '0', '10001'),
  is('MAX_SUBSCRIPTIONS_PER_SOCKET', 128, ['16', 16], '0', '10001'),
  is('MAX_BUFFERED_KB_PER_SOCKET', 1_024, ['128', 128], '127', '65537'),
  is('SHUTDOWN_DELAY_SECONDS', 0, ['5', 5], '301'),
  is('LOG_LEVEL', undefined, ['warn', 'warn'], 'loud'),
  is('DEBUG', false, ['True', true], 'yes'),
];

it('is about every variable that there is', () => {
  expect(cases.map(({ name }) => name).toSorted()).toEqual([...variableNames].toSorted());
});

describe.each(cases)('$name', ({ name, fallback, good: [text, value], bad }) => {
  it('has its default', () => {
    expect(readEnv({})[name]).toEqual(fallback);
  });

  it('takes what is good', () => {
    expect(readEnv({ [name]: text })[name]).toEqual(value);
  });

  it('refuses what is bad, in one line that begins with its name', () => {
    for (const text of bad) expect(() => readEnv({ [name]: text })).toThrow(new RegExp(`^${name}: [^\\n]+$`));
  });
});

describe('in production', () => {
  const keys = { SECRET_KEY: key, REFRESH_SECRET_KEY: `${key} too` };

  it('both keys are required', () => {
    expect(readEnv({ NODE_ENV: 'production', ...keys }).isProduction).toBe(true);
    for (const name of ['SECRET_KEY', 'REFRESH_SECRET_KEY']) {
      expect(() => readEnv({ NODE_ENV: 'production', ...keys, [name]: '' })).toThrow(`${name}: is required`);
    }
  });

  it('no page of another origin may call, unless the operator says so', () => {
    const inProduction = { NODE_ENV: 'production', ...keys };
    expect(readEnv(inProduction).ALLOWED_ORIGINS).toEqual([]);
    expect(readEnv({ ...inProduction, ALLOWED_ORIGINS: '["*"]' }).ALLOWED_ORIGINS).toEqual(['*']);
  });
});

it('outside of production no key is required', () => {
  expect(readEnv({ NODE_ENV: 'development' }).isProduction).toBe(false);
});

describe('the program', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const run = promisify(execFile);

  /** Standard error of a start that fails. */
  const complaint = (cwd: string, variables: NodeJS.ProcessEnv): Promise<unknown> =>
    run(process.execPath, [main], { cwd, env: { PATH: process.env['PATH'], ...variables } }).then(
      () => 'it started',
      (error: { code: number; stderr: string }) => [error.code, error.stderr],
    );

  it('stops with one line that names the variable, of the environment and of .env, of which the first wins', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-env-'));
    try {
      await writeFile(join(folder, '.env'), 'PORT=from-the-file\n');
      expect(await complaint(folder, {})).toEqual([1, 'PORT: is no whole number\n']);
      expect(await complaint(folder, { PORT: '0', DEBUG: 'maybe' })).toEqual([1, 'DEBUG: is neither true nor false\n']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
