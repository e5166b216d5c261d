import { randomBytes } from 'node:crypto';
import { appRole, connectDatabase } from '@taskmaster/database';
import type { ConnectOptions, Database } from '@taskmaster/database';
import postgres from 'postgres';
import type { Sql } from 'postgres';
import { inject } from 'vitest';
import type { TestPostgres } from './provided.ts';

export interface TestDatabase {
  /** As the owner: for a server, which sees to its role by itself. */
  url: string;
  /** As the role that the application has, so that a missing grant shows. */
  db: Database;
  sql: Sql;
  /** May do everything. */
  owner: Sql;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestDatabaseOptions extends Omit<ConnectOptions, 'url'> {
  /** Without tables, for tests of the migrations: there `sql` and `db` are the owner's. */
  isEmpty?: boolean;
}

/** A database of its own for a test file (or a test): a clone of the migrated template, dropped on disposal. */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { isEmpty = false, ...connectOptions } = options;
  const { adminUrl, template }: TestPostgres = inject('testPostgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${isEmpty ? 'template0' : template}`);
  // Rights on a database are not a part of its template.
  await asAdmin(adminUrl, `REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const asOwner = { applicationName: 'test', ...connectOptions, url: url.href };
  const connection = connectDatabase({ ...asOwner, ...(!isEmpty && { role: appRole }) });
  const owner = connectDatabase(asOwner);
  return {
    url: url.href,
    db: connection.db,
    sql: connection.sql,
    owner: owner.sql,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([connection, owner].map(({ close }) => close({ timeoutSeconds: 1 })));
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
