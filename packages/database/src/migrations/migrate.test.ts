import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@taskmaster/testing/database';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import { readMigrations } from './folder.ts';
import { migrate } from './migrate.ts';
import { describeSchema } from './schema-dump.ts';

const REAL = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

interface Folder extends AsyncDisposable {
  path: string;
  write: (migrations: { name: string; when: number; up: string; down?: string }[]) => Promise<void>;
}

async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'taskmaster-migrations-'));
  await cp(join(REAL, 'meta'), join(path, 'meta'), { recursive: true });
  return {
    path,
    write: async (migrations) => {
      const entries = migrations.map(({ name, when }, idx) => ({
        idx,
        version: '7',
        when,
        tag: name,
        breakpoints: true,
      }));
      const journal = { version: '7', dialect: 'postgresql', entries };
      await writeFile(join(path, 'meta/_journal.json'), JSON.stringify(journal));
      for (const { name, up, down } of migrations) {
        await writeFile(join(path, `${name}.sql`), up);
        if (down !== undefined) await writeFile(join(path, `${name}.down.sql`), down);
      }
    },
    [Symbol.asyncDispose]: async () => rm(path, { recursive: true }),
  };
}

const A = {
  name: '0000_a',
  when: 1_000,
  up: 'CREATE TABLE a (); --> statement-breakpoint\nCREATE TABLE a2 ();',
  down: 'DROP TABLE a, a2',
};
const B = { name: '0001_b', when: 2_000, up: 'CREATE TABLE b ()', down: 'DROP TABLE b' };
const C = { name: '0002_c', when: 3_000, up: 'CREATE TABLE c ()', down: 'DROP TABLE c' };

const tablesOf = async (sql: Sql): Promise<unknown[]> =>
  (await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`).map(
    (row) => row['tablename'] as unknown,
  );

describe('migrate', () => {
  test('up, history, current, pending, down, to base', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    await folder.write([A, B]);
    const migrator = migrate({ url: database.url, folder: folder.path });
    expect(await migrator.current()).toBeUndefined();
    expect(await migrator.pending()).toEqual([{ name: '0000_a' }, { name: '0001_b' }]);

    const applied = await migrator.up();
    expect(applied).toEqual([
      { name: '0000_a', applied_at: expect.any(Date) },
      { name: '0001_b', applied_at: expect.any(Date) },
    ]);
    expect(await migrator.history()).toEqual(applied);
    expect(await migrator.current()).toEqual(applied[1]);
    expect(await migrator.up()).toEqual([]);
    expect(await tablesOf(database.sql)).toEqual(['a', 'a2', 'b']);

    expect(await migrator.down()).toEqual([applied[1]]);
    expect(await tablesOf(database.sql)).toEqual(['a', 'a2']);
    expect(await migrator.toBase()).toEqual([applied[0]]);
    expect(await tablesOf(database.sql)).toEqual([]);
    expect(await migrator.down()).toEqual([]);
  });

  test('one that was merged late is applied, and undone in the order of application', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    const migrator = migrate({ url: database.url, folder: folder.path });
    await folder.write([A, C]);
    await migrator.up();
    await folder.write([A, B, C]);
    expect(await migrator.pending()).toEqual([{ name: '0001_b' }]);
    expect((await migrator.up()).map(({ name }) => name)).toEqual(['0001_b']);
    expect((await migrator.down(2)).map(({ name }) => name)).toEqual(['0001_b', '0002_c']);
  });

  test('a failing migration is undone; those before it stand', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    const migrator = migrate({ url: database.url, folder: folder.path });
    await folder.write([A, { ...B, up: 'CREATE TABLE b ();--> statement-breakpoint\nSELECT 1/0' }, C]);
    await expect(migrator.up()).rejects.toMatchObject({
      code: 'FAILED',
      message: '0001_b failed and was rolled back: division by zero',
    });
    expect(await tablesOf(database.sql)).toEqual(['a', 'a2']);
    await folder.write([A, B, C]);
    expect((await migrator.up()).map(({ name }) => name)).toEqual(['0001_b', '0002_c']);
  });

  test('refuses an edited migration, an unknown one, a missing way back, a broken folder', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    const migrator = migrate({ url: database.url, folder: folder.path });
    await folder.write([A, { name: B.name, when: B.when, up: B.up }]);
    await migrator.up();
    await expect(migrator.down()).rejects.toMatchObject({
      code: 'DOWN_MISSING',
      message: expect.stringContaining('0001_b'),
    });
    await writeFile(join(folder.path, '0001_b.sql'), 'CREATE TABLE other ()');
    await expect(migrator.up()).rejects.toMatchObject({
      code: 'CHANGED',
      message: expect.stringContaining('0001_b'),
    });
    await folder.write([A]);
    for (const call of ['up', 'down', 'history', 'pending'] as const) {
      await expect(migrator[call]()).rejects.toMatchObject({
        code: 'DATABASE_NEWER',
        message: expect.stringContaining('newer than this server'),
      });
    }
    await rm(join(folder.path, 'meta'), { recursive: true });
    await expect(migrator.up()).rejects.toMatchObject({ code: 'FOLDER_INVALID' });
  });

  test('many at once: each migration is applied once, everybody succeeds', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    await folder.write([{ ...A, up: 'SELECT pg_sleep(0.2);--> statement-breakpoint\nCREATE TABLE a ()' }, B, C]);
    const results = await Promise.all(
      Array.from({ length: 6 }, async () => migrate({ url: database.url, folder: folder.path }).up()),
    );
    expect(results.map((applied) => applied.length).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 3]);
  });

  test('waits for the lock of another process only so long', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    await folder.write([{ ...A, up: 'SELECT pg_sleep(1)' }]);
    const slow = migrate({ url: database.url, folder: folder.path }).up();
    await expect
      .poll(
        async () =>
          database.sql`SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(1)' AND datname = current_database()`,
      )
      .toHaveLength(1);
    await expect(migrate({ url: database.url, folder: folder.path, lockTimeoutMs: 100 }).up()).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    expect(await slow).toHaveLength(1);
  });

  test('a connection that dies on the way ends the work: nothing more runs without the lock', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    await using folder = await makeFolder();
    await folder.write([{ ...A, up: 'SELECT pg_sleep(5)' }, B]);
    const cut = migrate({ url: database.url, folder: folder.path })
      .up()
      .catch((error: unknown) => error);
    await expect
      .poll(
        async () => database.sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(5)%' AND datname = current_database()
      `,
      )
      .toHaveLength(1);
    expect(await cut).toMatchObject({ code: 'FAILED' });
    expect(await tablesOf(database.sql)).toEqual([]);
  });
});

describe('the migrations of this project', () => {
  test('up, to base, up again: the same schema, and nothing left in between', async () => {
    await using database = await createTestDatabase({ isEmpty: true });
    const migrator = migrate({ url: database.url, folder: REAL });
    const empty = await describeSchema(database.sql);
    await migrator.up();
    const full = await describeSchema(database.sql);
    expect(full.length).toBeGreaterThan(150);
    await migrator.toBase();
    expect(await describeSchema(database.sql)).toEqual(empty);
    await migrator.up();
    expect(await describeSchema(database.sql)).toEqual(full);
  });

  test("Drizzle's own migrator and ours agree on what is applied, in both directions", async () => {
    await using ours = await createTestDatabase({ isEmpty: true });
    const migrator = migrate({ url: ours.url, folder: REAL });
    const applied = await migrator.up();
    await drizzleMigrate(drizzle(ours.sql), { migrationsFolder: REAL });
    expect(await migrator.history()).toEqual(applied);

    await using theirs = await createTestDatabase({ isEmpty: true });
    await drizzleMigrate(drizzle(theirs.sql), { migrationsFolder: REAL });
    const other = migrate({ url: theirs.url, folder: REAL });
    expect(await other.up()).toEqual([]);
    expect(await other.history()).toEqual(applied.map(({ name }) => ({ name, applied_at: null })));
  });

  test('every migration has its way back', async () => {
    for (const { name } of await readMigrations(REAL)) {
      expect(await readFile(join(REAL, `${name}.down.sql`), 'utf8')).toMatch(/DROP|RESET|REPLACE/);
    }
  });
});
