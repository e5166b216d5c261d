import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openClient } from '../client.ts';
import { findBinaries } from './binaries.ts';
import { attachEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
import { findPostmaster, isAlive } from './postmaster.ts';

const isRoot = process.getuid?.() === 0;

/** Where durability is not the point. */
const fast = { settings: { fsync: 'off' } };

let dataDir: string;
let data: string;
let children: ChildProcessByStdio<null, Readable, null>[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'taskmaster-embedded-'));
  data = join(dataDir, 'postgres/cluster/data');
  await chmod(dataDir, 0o755);
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  const pid = await postmasterPid();
  if (pid !== undefined) {
    process.kill(pid, 'SIGQUIT');
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await rm(dataDir, { recursive: true, force: true });
});

const postmasterPid = async (): Promise<number | undefined> => (await findPostmaster(data))?.pid;

const pidOf = async (): Promise<number> => {
  const pid = await postmasterPid();
  if (pid === undefined) throw new Error('PostgreSQL is not running');
  return pid;
};

async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = openClient(url, { max: 1 });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** A process of its own that holds the data until SIGTERM, and prints `ready`, then `stopped`. */
async function spawnHolder(how: 'start' | 'attach' = 'start'): Promise<ChildProcessByStdio<null, Readable, null>> {
  const program = `
    import * as embedded from ${JSON.stringify(new URL('embedded.ts', import.meta.url).href)};
    const { stop } = await embedded.${how}EmbeddedPostgres({ dataDir: process.argv[1], settings: { fsync: 'off' } });
    const timer = setInterval(() => {}, 1000);
    process.on('SIGTERM', async () => { await stop(); clearInterval(timer); process.stdout.write('stopped'); });
    process.on('SIGINT', () => {});
    process.stdout.write('ready');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  children.push(child);
  await said(child, 'ready');
  return child;
}

const said = async (child: ChildProcessByStdio<null, Readable, null>, word: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes(word) && resolve());
    child.once('exit', (code) => reject(new Error(`exit ${code} before ${word}`)));
  });

describe('startEmbeddedPostgres', () => {
  test('the application’s login has no more than its role', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, ...fast });
    const [who] = await query(
      postgres.appUrl,
      `SELECT session_user AS name, rolsuper FROM pg_roles WHERE rolname = session_user`,
    );
    expect(who).toEqual({ name: 'taskmaster_app', rolsuper: false });
    await expect(query(postgres.appUrl, 'SET ROLE NONE; CREATE TABLE mine ()')).rejects.toMatchObject({
      code: '42501',
    });
    await postgres.stop();
  }, 30_000);

  test('first start, restart: quick, the same port, the data are there', async () => {
    const before = performance.now();
    const first = await startEmbeddedPostgres({ dataDir });
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(first.isStartedHere).toBe(true);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await pidOf();
    await first.stop();
    expect(isAlive(pid)).toBe(false);

    const again = performance.now();
    const second = await startEmbeddedPostgres({ dataDir });
    expect(performance.now() - again).toBeLessThan(1_000);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  test('durable, UTF-8, Unicode-aware, local, by password', async () => {
    const { url, stop } = await startEmbeddedPostgres({ dataDir, settings: { work_mem: '5MB' } });
    expect(
      await query(
        url,
        `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
                current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS listen,
                current_setting('data_checksums') AS checksums, current_setting('work_mem') AS work_mem,
                lower('ÄÖÜ Ł ΣΩ Ж') AS lower, current_database() AS database,
                (SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['ж', 'b', 'é', 'a', 'z']) x) AS sorted,
                (SELECT count(*)::int FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256') AS weak`,
      ),
    ).toEqual([
      {
        fsync: 'on',
        commit: 'on',
        encoding: 'UTF8',
        listen: '127.0.0.1',
        checksums: 'on',
        work_mem: '5MB',
        lower: 'äöü ł σω ж',
        database: 'taskmaster',
        sorted: 'abzéж',
        weak: 0,
      },
    ]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dataDir, 'postgres/cluster/password'))).mode & 0o777).toBe(0o600);
    await stop();
  });

  test('touches only its own folder', async () => {
    const { stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(await readdir(dataDir)).toEqual(['postgres']);
    const [outer, inner] = [await stat(dataDir), await stat(join(dataDir, 'postgres'))];
    expect(outer.uid).toBe(process.getuid?.());
    expect(inner.uid === 0).toBe(false);
    expect(inner.mode & 0o777).toBe(0o700);
    await stop();
  });

  test.runIf(isRoot)('works where only root may go', async () => {
    await chmod(dataDir, 0o700);
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  });

  test('a second server on the same data is refused, in this process and in another', async () => {
    await spawnHolder();
    await expect(startEmbeddedPostgres({ ...fast, dataDir })).rejects.toMatchObject({
      name: 'EmbeddedPostgresError',
      code: 'ALREADY_RUNNING',
      message: `another server is running on the data in ${dataDir}`,
    });
  });

  test('two that start at once: one gets the data, the other the error', async () => {
    const results = await Promise.allSettled([
      startEmbeddedPostgres({ ...fast, dataDir }),
      startEmbeddedPostgres({ ...fast, dataDir }),
    ]);
    const held = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: 'ALREADY_RUNNING' }]);
    expect(held).toHaveLength(1);
    expect((await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('init-'))).toEqual([]);
    await held[0]?.stop();
  });

  test('after kill -9 the next server takes over the PostgreSQL that was left', async () => {
    const child = await spawnHolder();
    const pid = await pidOf();
    child.kill('SIGKILL');
    const heir = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(heir.isStartedHere).toBe(false);
    expect(await pidOf()).toBe(pid);
    await heir.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('a lock file of a number that is another process by now needs no repair', async () => {
    await (await startEmbeddedPostgres({ ...fast, dataDir })).stop();
    const { uid, gid } = await stat(data);
    // Of the same user, and no ancestor: PostgreSQL would take it for one of its own.
    const other = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) });
    try {
      const lockFile = join(data, 'postmaster.pid');
      await writeFile(
        lockFile,
        `${String(other.pid)}\n${data}\n1700000000\n5432\n\n127.0.0.1\n        1        1\nready   \n`,
      );
      await chown(lockFile, uid, gid);
      await chmod(lockFile, 0o600);
      const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
      expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await stop();
    } finally {
      other.kill();
    }
  });

  test('a lock file that a loss of power left empty needs no repair', async () => {
    await (await startEmbeddedPostgres({ ...fast, dataDir })).stop();
    const lockFile = join(data, 'postmaster.pid');
    await writeFile(lockFile, '');
    await utimes(lockFile, 1_700_000_000, 1_700_000_000);
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  });

  test('after PostgreSQL and the server are both killed it recovers', async () => {
    const child = await spawnHolder();
    const pid = await pidOf();
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  });

  test('a PostgreSQL that dies is started again, at the same address, and is still ours alone', async () => {
    const lines: string[] = [];
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir, log: (line) => lines.push(line) });
    process.kill(await pidOf(), 'SIGKILL');
    await expect.poll(() => lines, { timeout: 10_000 }).toContain('the embedded database is back');
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(startEmbeddedPostgres({ ...fast, dataDir })).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await stop();
  });

  test('a terminated lock session is taken again', async () => {
    const lines: string[] = [];
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir, log: (line) => lines.push(line) });
    await query(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskmaster server'`,
    );
    await expect.poll(() => lines, { timeout: 10_000 }).toContain('the embedded database is back');
    await expect(startEmbeddedPostgres({ ...fast, dataDir })).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
    await stop();
  });

  test('Ctrl-C to the process group of the server does not reach PostgreSQL', async () => {
    const child = await spawnHolder();
    const pid = await pidOf();
    process.kill(-Number(child.pid), 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isAlive(pid)).toBe(true);
    const stopped = said(child, 'stopped');
    process.kill(-Number(child.pid), 'SIGTERM');
    await stopped;
    expect(isAlive(pid)).toBe(false);
  });

  test('stop() does not wait for somebody’s open transaction', async () => {
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    const sql = openClient(url, { max: 1 });
    const open = sql.begin(async (tx) => tx`SELECT pg_sleep(60)`).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = performance.now();
    await stop();
    expect(performance.now() - before).toBeLessThan(3_000);
    expect(await open).toBeInstanceOf(Error);
    await sql.end({ timeout: 0 });
  });
});

describe('attachEmbeddedPostgres', () => {
  test('works beside a running server and leaves it running', async () => {
    await spawnHolder();
    const pid = await pidOf();
    const guest = await attachEmbeddedPostgres({ ...fast, dataDir });
    expect(guest.isStartedHere).toBe(false);
    expect(await query(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await guest.stop();
    expect(isAlive(pid)).toBe(true);
  });

  test('without a server it runs PostgreSQL for itself; the last of several stops it', async () => {
    const [one, two] = await Promise.all([
      attachEmbeddedPostgres({ ...fast, dataDir }),
      attachEmbeddedPostgres({ ...fast, dataDir }),
    ]);
    const pid = await pidOf();
    await one.stop();
    expect(await query(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await two.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('a server that comes while a guest runs PostgreSQL keeps it', async () => {
    const guest = await attachEmbeddedPostgres({ ...fast, dataDir });
    const server = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(server.isStartedHere).toBe(false);
    await guest.stop();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('leaves PostgreSQL to whoever is connected, with or without the lock', async () => {
    const guest = await attachEmbeddedPostgres({ ...fast, dataDir });
    const other = openClient(guest.url, { max: 1 });
    await other`SELECT 1`;
    await guest.stop();
    expect(await query(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await other.end();
    await (await attachEmbeddedPostgres({ ...fast, dataDir })).stop();
    expect(await postmasterPid()).toBeUndefined();
  });

  test('does not stop it under a server whose session was lost a moment ago', async () => {
    const server = await startEmbeddedPostgres({ ...fast, dataDir });
    const pool = openClient(server.url, { max: 1 });
    await pool`SELECT 1`;
    const pid = await pidOf();
    for (let round = 0; round < 5; round += 1) {
      const guest = await attachEmbeddedPostgres({ ...fast, dataDir });
      await pool`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskmaster server'`;
      await guest.stop();
    }
    expect(await postmasterPid()).toBe(pid);
    await pool.end();
    await server.stop();
  });

  test('guests that come and go at once never break each other', async () => {
    const guests = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 4; round += 1) await (await attachEmbeddedPostgres({ ...fast, dataDir })).stop();
    });
    await Promise.all(guests);
    expect(await postmasterPid()).toBeUndefined();
  });
});

describe('says in one line what is wrong', () => {
  test('no binaries for this platform', async () => {
    await expect(findBinaries('plan9-mips')).rejects.toMatchObject({
      code: 'BINARIES_MISSING',
      message: expect.stringContaining('plan9-mips'),
    });
  });

  test('the folder is a file', async () => {
    await writeFile(join(dataDir, 'postgres'), '');
    await expect(startEmbeddedPostgres({ ...fast, dataDir })).rejects.toMatchObject({
      code: 'DATA_DIR_UNWRITABLE',
      message: expect.stringMatching(/cannot use .*postgres: EEXIST$/),
    });
  });

  test('the port that was asked for is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startEmbeddedPostgres({ ...fast, dataDir, port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(port)),
    });
    server.close();
  });

  test('a remembered port that is taken is replaced', async () => {
    await (await startEmbeddedPostgres({ ...fast, dataDir })).stop();
    const port = Number(await readFile(join(dataDir, 'postgres/port'), 'utf8'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { url, stop } = await startEmbeddedPostgres({ ...fast, dataDir });
    expect(new URL(url).port).not.toBe(String(port));
    await stop();
    server.close();
  });

  test('the data are of another major version', async () => {
    await (await startEmbeddedPostgres({ ...fast, dataDir })).stop();
    await writeFile(join(data, 'PG_VERSION'), '19\n');
    await expect(startEmbeddedPostgres({ ...fast, dataDir })).rejects.toMatchObject({
      code: 'DATA_VERSION',
      message: expect.stringContaining('was written by PostgreSQL 19, this server brings 18'),
    });
  });

  test('PostgreSQL will not start: its last words', async () => {
    await expect(startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'nonsense' } })).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('shared_buffers'),
    });
  });
});
