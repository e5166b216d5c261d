import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedHome } from '../testing/embedded-home.ts';
import { createEmbeddedHome, isRoot, query } from '../testing/embedded-home.ts';
import { startEmbeddedPostgres } from './embedded.ts';
import { isAlive } from './postmaster.ts';

let home: EmbeddedHome;

beforeEach(async () => {
  home = await createEmbeddedHome();
});

afterEach(() => home[Symbol.asyncDispose]());

test('the application’s login has no more than its role', async () => {
  const postgres = await home.start();
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
  const first = await startEmbeddedPostgres({ dataDir: home.dataDir });
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(first.isStartedHere).toBe(true);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const pid = await home.pid();
  await first.stop();
  expect(isAlive(pid)).toBe(false);

  const again = performance.now();
  const second = await startEmbeddedPostgres({ dataDir: home.dataDir });
  expect(performance.now() - again).toBeLessThan(1_000);
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
  await second.stop();
});

test('durable, UTF-8, Unicode-aware, local, by password', async () => {
  const { url, stop } = await startEmbeddedPostgres({ dataDir: home.dataDir, settings: { work_mem: '5MB' } });
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
  expect((await stat(join(home.dataDir, 'postgres/cluster/password'))).mode & 0o777).toBe(0o600);
  await stop();
});

test('touches only its own folder', async () => {
  const { stop } = await home.start();
  expect(await readdir(home.dataDir)).toEqual(['postgres']);
  const [outer, inner] = [await stat(home.dataDir), await stat(join(home.dataDir, 'postgres'))];
  expect(outer.uid).toBe(process.getuid?.());
  expect(inner.uid === 0).toBe(false);
  expect(inner.mode & 0o777).toBe(0o700);
  await stop();
});

test.runIf(isRoot)('works where only root may go', async () => {
  await chmod(home.dataDir, 0o700);
  const { url, stop } = await home.start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await stop();
});

test('a second server on the same data is refused, in this process and in another', async () => {
  await home.spawnHolder();
  await expect(home.start()).rejects.toMatchObject({
    name: 'EmbeddedPostgresError',
    code: 'ALREADY_RUNNING',
    message: `another server is running on the data in ${home.dataDir}`,
  });
});

test('two that start at once: one gets the data, the other the error', async () => {
  const results = await Promise.allSettled([home.start(), home.start()]);
  const held = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(refused).toMatchObject([{ code: 'ALREADY_RUNNING' }]);
  expect(held).toHaveLength(1);
  expect((await readdir(join(home.dataDir, 'postgres'))).filter((name) => name.startsWith('init-'))).toEqual([]);
  await held[0]?.stop();
});
