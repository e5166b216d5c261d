import type { ReservedSql } from 'postgres';
import { openClient } from '../client.ts';
import { databaseErrorCode } from '../errors.ts';
import { grantToApp } from '../roles/app-role.ts';
import { readDownStatements, readMigrations } from './folder.ts';
import type { Migration } from './folder.ts';
import { addToHistory, ensureHistory, readHistory, removeFromHistory } from './history.ts';
import type { AppliedRow } from './history.ts';
import { MigrationError } from './migration-error.ts';

export interface MigrateOptions {
  url: string;
  /** The folder that drizzle-kit writes: `NNNN_name.sql`, `NNNN_name.down.sql`, `meta/_journal.json`. */
  folder: string;
  /** Longest wait for another process that migrates. Default 60 000. */
  lockTimeoutMs?: number;
}

export interface AppliedMigration {
  name: string;
  applied_at: Date | null;
}

export interface Migrator {
  /** Applies what is pending, one transaction each; returns what it applied. Two processes at once: one waits. */
  up: () => Promise<AppliedMigration[]>;
  /** Undoes the last `count` (default 1) in reverse order of application; returns what it undid. */
  down: (count?: number) => Promise<AppliedMigration[]>;
  /** Undoes everything. */
  toBase: () => Promise<AppliedMigration[]>;
  /** The last one applied, or undefined. */
  current: () => Promise<AppliedMigration | undefined>;
  /** Everything applied, in the order of application. */
  history: () => Promise<AppliedMigration[]>;
  /** What `up` would apply, in order. */
  pending: () => Promise<{ name: string }[]>;
}

/** An arbitrary number that is this project's: the key of the advisory lock of its migrations. */
const LOCK_KEY = '7164892301';

/**
 * Migrations over Drizzle's journal and Drizzle's table. Its own `migrate()` takes no lock, runs everything in one
 * transaction, skips what was merged late and has no way back. Each call opens one connection and closes it.
 * Errors: {@link MigrationError}, or the driver's when the database is away.
 */
export function migrate(options: MigrateOptions): Migrator {
  const down = async (count: number): Promise<AppliedMigration[]> =>
    withLock(options, async (sql) => {
      const rows = await readHistory(sql, await readMigrations(options.folder));
      const undone = rows.toReversed().slice(0, count);
      for (const row of undone) await undo(sql, options.folder, row);
      return undone.map(toResult);
    });

  return {
    up: async () =>
      withLock(options, async (sql) => {
        const migrations = await readMigrations(options.folder);
        const missing = findPending(migrations, await readHistory(sql, migrations));
        const applied: AppliedMigration[] = [];
        for (const migration of missing) applied.push(await apply(sql, migration));
        await grantToApp(sql);
        return applied;
      }),
    down: async (count = 1) => down(count),
    toBase: async () => down(Number.POSITIVE_INFINITY),
    current: async () => (await historyOf(options)).at(-1),
    history: async () => historyOf(options),
    pending: async () =>
      withClient(options, async (sql) => {
        const migrations = await readMigrations(options.folder);
        return findPending(migrations, await readHistory(sql, migrations)).map(({ name }) => ({ name }));
      }),
  };
}

/** By membership, not by time: one that was merged late is older than the last applied and still owed. */
function findPending(migrations: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  const names = new Set(applied.map((row) => row.migration.name));
  return migrations.filter(({ name }) => !names.has(name));
}

const toResult = (row: AppliedRow): AppliedMigration => ({ name: row.migration.name, applied_at: row.appliedAt });

const historyOf = async (options: MigrateOptions): Promise<AppliedMigration[]> =>
  withClient(options, async (sql) => (await readHistory(sql, await readMigrations(options.folder))).map(toResult));

async function apply(sql: ReservedSql, migration: Migration): Promise<AppliedMigration> {
  return inTransaction(sql, migration.name, async () => {
    for (const statement of migration.statements) await sql.unsafe(statement);
    return { name: migration.name, applied_at: await addToHistory(sql, migration) };
  });
}

async function undo(sql: ReservedSql, folder: string, { id, migration }: AppliedRow): Promise<void> {
  const statements = await readDownStatements(folder, migration.name);
  await inTransaction(sql, `${migration.name} (down)`, async () => {
    for (const statement of statements) await sql.unsafe(statement);
    await removeFromHistory(sql, id);
  });
}

async function inTransaction<T>(sql: ReservedSql, what: string, work: () => Promise<T>): Promise<T> {
  await sql`BEGIN`;
  try {
    const result = await work();
    await sql`COMMIT`;
    return result;
  } catch (error) {
    // Fails only with the connection, and that rolls back, too.
    await sql`ROLLBACK`.catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('FAILED', `${what} failed and was rolled back: ${reason}`, { cause: error });
  }
}

/** A session lock: it goes with the session, however that ends. */
async function withLock<T>(options: MigrateOptions, work: (sql: ReservedSql) => Promise<T>): Promise<T> {
  const timeoutMs = options.lockTimeoutMs ?? 60_000;
  return withClient(options, async (sql) => {
    try {
      await sql.unsafe(`SET lock_timeout = ${timeoutMs}`);
      await sql.unsafe(`SELECT pg_advisory_lock(${LOCK_KEY})`);
      await sql.unsafe('RESET lock_timeout');
    } catch (error) {
      if (databaseErrorCode(error) !== '55P03') throw error;
      throw new MigrationError('LOCK_TIMEOUT', `another process has been migrating for more than ${timeoutMs} ms`, {
        cause: error,
      });
    }
    await ensureHistory(sql);
    return work(sql);
  });
}

/** One reserved connection: were it lost and silently replaced, the work would go on without its lock. */
async function withClient<T>({ url }: MigrateOptions, work: (sql: ReservedSql) => Promise<T>): Promise<T> {
  const client = openClient(url, {
    max: 1,
    connect_timeout: 5,
    max_lifetime: null,
    connection: { application_name: 'taskmaster migrations' },
  });
  try {
    const sql = await client.reserve();
    // A migration may rewrite a table. The locks it waits for stay bounded, or it would stop everybody behind it.
    await sql.unsafe('SET statement_timeout = 0');
    const result = await work(sql);
    sql.release();
    return result;
  } finally {
    await client.end({ timeout: 0 });
  }
}
