import { randomBytes } from 'node:crypto';
import { connectDatabase } from '@taskmaster/database';
import type { ConnectOptions, Database } from '@taskmaster/database';
import postgres from 'postgres';
import type { Sql } from 'postgres';
import { inject } from 'vitest';
import type { TestPostgres } from './provided.ts';

export interface TestDatabase {
  url: string;
  db: Database;
  sql: Sql;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestDatabaseOptions extends Omit<ConnectOptions, 'url'> {
  /** Without tables, for tests of the migrations. */
  isEmpty?: boolean;
}

/** A database of its own for a test file (or a test): a clone of the migrated template, dropped on disposal. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { isEmpty = false, ...connectOptions } = options;
  const { adminUrl, template }: TestPostgres = inject('testPostgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${isEmpty ? 'template0' : template}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const connection = connectDatabase({ applicationName: 'test', ...connectOptions, url: url.href });
  return {
    url: url.href,
    db: connection.db,
    sql: connection.sql,
    [Symbol.asyncDispose]: async () => {
      await connection.close({ timeoutSeconds: 1 });
      await asAdmin(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const admin = postgres(adminUrl, { max: 1, fetch_types: false });
  try {
    await admin.unsafe(statement);
  } finally {
    await admin.end();
  }
}
