import { spawn } from 'node:child_process';
import { chmod, chown, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openClient } from '../client.ts';
import type { EmbeddedHome } from '../testing/embedded-home.ts';
import { createEmbeddedHome, isRoot, query, said } from '../testing/embedded-home.ts';
import { isAlive } from './postmaster.ts';

let home: EmbeddedHome;

beforeEach(async () => {
  home = await createEmbeddedHome();
});

afterEach(() => home[Symbol.asyncDispose]());

test('after kill -9 the next server takes over the PostgreSQL that was left', async () => {
  const child = await home.spawnHolder();
  const pid = await home.pid();
  child.kill('SIGKILL');
  const heir = await home.start();
  expect(heir.isStartedHere).toBe(false);
  expect(await home.pid()).toBe(pid);
  await heir.stop();
  expect(isAlive(pid)).toBe(false);
});

test('a lock file of a number that is another process by now needs no repair', async () => {
  await (await home.start()).stop();
  const { uid, gid } = await stat(home.data);
  // Of the same user, and no ancestor: PostgreSQL would take it for one of its own.
  const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
  try {
    const lockFile = join(home.data, 'postmaster.pid');
    await writeFile(
      lockFile,
      `${String(other.pid)}\n${home.data}\n1700000000\n5432\n\n127.0.0.1\n        1        1\nready   \n`,
    );
    await chown(lockFile, uid, gid);
    await chmod(lockFile, 0o600);
    const { url, stop } = await home.start();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  } finally {
    other.kill();
  }
});

test('a lock file that a loss of power left empty needs no repair', async () => {
  await (await home.start()).stop();
  const lockFile = join(home.data, 'postmaster.pid');
  await writeFile(lockFile, '');
  await utimes(lockFile, 1_700_000_000, 1_700_000_000);
  const { url, stop } = await home.start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await stop();
});

test('after PostgreSQL and the server are both killed it recovers', async () => {
  const child = await home.spawnHolder();
  const pid = await home.pid();
  child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  const { url, stop } = await home.start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await stop();
});

test('a PostgreSQL that dies is started again, at the same address, and is still ours alone', async () => {
  const lines: string[] = [];
  const { url, stop } = await home.start({ log: (line) => lines.push(line) });
  process.kill(await home.pid(), 'SIGKILL');
  await expect.poll(() => lines).toContain('the embedded database is back');
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await expect(home.start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  await stop();
});

test('a terminated lock session is taken again', async () => {
  const lines: string[] = [];
  const { url, stop } = await home.start({ log: (line) => lines.push(line) });
  await query(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskmaster server'`,
  );
  await expect.poll(() => lines).toContain('the embedded database is back');
  await expect(home.start()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  await stop();
});

test('Ctrl-C to the process group of the server does not reach PostgreSQL', async () => {
  const child = await home.spawnHolder();
  const pid = await home.pid();
  process.kill(-Number(child.pid), 'SIGINT');
  await sleep(300);
  expect(isAlive(pid)).toBe(true);
  const stopped = said(child, 'stopped');
  process.kill(-Number(child.pid), 'SIGTERM');
  await stopped;
  expect(isAlive(pid)).toBe(false);
});

test('stop() does not wait for somebody’s open transaction', async () => {
  const { url, stop } = await home.start();
  const sql = openClient(url, { max: 1 });
  const open = sql.begin(async (tx) => tx`SELECT pg_sleep(60)`).catch((error: unknown) => error);
  await sleep(100);
  const before = performance.now();
  await stop();
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(await open).toBeInstanceOf(Error);
  await sql.end({ timeout: 0 });
});
