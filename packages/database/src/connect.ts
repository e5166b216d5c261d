import * as tables from '@taskmaster/core/tables';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgTransaction } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { PostgresJsDatabase, PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import { openClient, sessionSettings } from './client.ts';
import type { SessionTimeouts } from './client.ts';

type Tables = typeof tables;

/** The pool, as Drizzle sees it. */
export type Database = PostgresJsDatabase<Tables>;

/** An open transaction (or savepoint). */
export type Transaction = PgTransaction<PostgresJsQueryResultHKT, Tables, ExtractTablesWithRelations<Tables>>;

/** What a repository takes: the pool or a transaction. */
export type Executor = PgDatabase<PostgresJsQueryResultHKT, Tables, ExtractTablesWithRelations<Tables>>;

export interface ConnectOptions extends SessionTimeouts {
  /** `postgres://user:password@host:port/database`; its parameters (`?sslmode=require`) win over the settings here. */
  url: string;
  /** Whose rights the sessions have from their start on. Default: those of the user in the URL. */
  role?: string;
  /** Size of the pool. Default 10. */
  maxConnections?: number;
  /** Shown in pg_stat_activity. Default `taskmaster`. */
  applicationName?: string;
  /** Called with the text of each statement, never with its parameters. */
  logSql?: (sql: string) => void;
  /** Longest wait for one connection attempt. Default 5. */
  connectTimeoutSeconds?: number;
  /** Longest wait of a query for a free connection; then it is rejected. Default 5. */
  queueTimeoutSeconds?: number;
  /**
   * Longest silence of a connection that owes an answer; then it is given up for a new one, for none of a broken line may
   * ever end. To be longer than any statement may run. Default: for ever.
   */
  answerTimeoutSeconds?: number;
}

export interface DatabaseConnection {
  db: Database;
  /**
   * postgres.js, for what Drizzle cannot say (LISTEN, cursors). It shares the pool and Drizzle's parsers: bigint and
   * timestamps arrive as strings.
   */
  sql: Sql;
  /** Ends the pool: waits for what runs, at most `timeoutSeconds` (default 5), then cuts it off. */
  close: (options?: { timeoutSeconds?: number }) => Promise<void>;
}

/**
 * A pool of connections. Nothing is opened before the first query, so this neither throws nor waits when the database is
 * away: queries then reject with an error that `isDatabaseUnavailable` knows.
 */
export function connectDatabase(options: ConnectOptions): DatabaseConnection {
  const { logSql } = options;
  const sql = openClient(options.url, {
    max: options.maxConnections ?? 10,
    connect_timeout: options.connectTimeoutSeconds ?? 5,
    queue_timeout: options.queueTimeoutSeconds ?? 5,
    answer_timeout: options.answerTimeoutSeconds ?? null,
    connection: {
      ...sessionSettings(options),
      application_name: options.applicationName ?? 'taskmaster',
      ...(options.role !== undefined && { role: options.role }),
    },
  });
  const db = drizzle(sql, {
    schema: tables,
    logger: logSql === undefined ? false : { logQuery: (query) => logSql(query) },
  });
  return {
    db,
    sql,
    close: async ({ timeoutSeconds = 5 } = {}) => sql.end({ timeout: timeoutSeconds }),
  };
}
