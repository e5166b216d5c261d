import type { ReservedSql } from 'postgres';
import type { Migration } from './folder.ts';
import { MigrationError } from './migration-error.ts';

/** A row of Drizzle's table, with the migration it stands for. */
export interface AppliedRow {
  id: number;
  migration: Migration;
  /** Null where Drizzle's own tools applied it: their table has no place for it. */
  appliedAt: Date | null;
}

/**
 * Drizzle's own table, to the letter, so that its tools agree; the time of application stands beside it. Only under the
 * migration lock: two CREATE … IF NOT EXISTS at once may both fail.
 */
export async function ensureHistory(sql: ReservedSql): Promise<void> {
  await sql.unsafe(`
    CREATE SCHEMA IF NOT EXISTS drizzle;
    CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
    CREATE TABLE IF NOT EXISTS drizzle.migration_times (
      migration_id integer PRIMARY KEY REFERENCES drizzle.__drizzle_migrations (id) ON DELETE CASCADE,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
  `);
}

/** What the database has, in the order of application. Refuses a history that this code did not write. */
export async function readHistory(sql: ReservedSql, migrations: readonly Migration[]): Promise<AppliedRow[]> {
  if (!(await exists(sql, '__drizzle_migrations'))) return [];
  const times = (await exists(sql, 'migration_times'))
    ? sql`LEFT JOIN drizzle.migration_times t ON t.migration_id = m.id`
    : sql`LEFT JOIN (SELECT NULL::integer AS migration_id, NULL::timestamptz AS applied_at) t ON false`;
  const rows = await sql<{ id: number; hash: string; created_at: string; applied_at: Date | null }[]>`
    SELECT m.id, m.hash, m.created_at, t.applied_at FROM drizzle.__drizzle_migrations m ${times} ORDER BY m.id
  `;
  return rows.map((row) => {
    const when = Number(row.created_at);
    const migration =
      migrations.find((each) => each.when === when) ?? migrations.find((each) => each.hash === row.hash);
    if (migration === undefined) {
      const made = new Date(when).toISOString();
      throw new MigrationError(
        'DATABASE_NEWER',
        `the database is newer than this server: it has a migration made at ${made} that this code does not know`,
      );
    }
    if (migration.hash !== row.hash) {
      throw new MigrationError('CHANGED', `${migration.name} was applied and has been changed since: restore its file`);
    }
    return { id: row.id, migration, appliedAt: row.applied_at };
  });
}

export async function addToHistory(sql: ReservedSql, { hash, when }: Migration): Promise<Date> {
  const [row] = await sql<{ applied_at: Date }[]>`
    WITH added AS (
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (${hash}, ${when}) RETURNING id
    )
    INSERT INTO drizzle.migration_times (migration_id) SELECT id FROM added RETURNING applied_at
  `;
  if (row === undefined) throw new Error('INSERT … RETURNING returned nothing');
  return row.applied_at;
}

export async function removeFromHistory(sql: ReservedSql, id: number): Promise<void> {
  await sql`DELETE FROM drizzle.__drizzle_migrations WHERE id = ${id}`;
}

async function exists(sql: ReservedSql, table: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`SELECT to_regclass(${`drizzle.${table}`}) IS NOT NULL AS found`;
  return row?.found === true;
}
