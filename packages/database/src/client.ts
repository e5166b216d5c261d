import postgres from 'postgres';
import type { Options, PostgresType, Sql } from 'postgres';

export interface SessionTimeouts {
  /** Longest that a statement may run. Default 10. */
  statementTimeoutSeconds?: number | undefined;
  /** Longest that a statement may wait for a lock. Default 5. */
  lockTimeoutSeconds?: number | undefined;
  /** Longest that a transaction may stand open between two statements; its connection ends with it. Default 10. */
  idleInTransactionTimeoutSeconds?: number | undefined;
}

/** PostgreSQL itself ends what takes longer, so that no lock or connection is held by a hung request. */
export function sessionSettings(timeouts: SessionTimeouts = {}) {
  const { statementTimeoutSeconds = 10, lockTimeoutSeconds = 5, idleInTransactionTimeoutSeconds = 10 } = timeouts;
  return {
    TimeZone: 'UTC',
    default_transaction_isolation: 'read committed',
    statement_timeout: statementTimeoutSeconds * 1000,
    lock_timeout: lockTimeoutSeconds * 1000,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutSeconds * 1000,
  } as const;
}

/**
 * Seconds before the next attempt after `retries` failed ones. The driver's own reaches 20: a database that has been
 * back for a quarter of a second should be found.
 */
const backoff = (retries: number): number => Math.min(0.01 * 2 ** retries, 0.25);

/** postgres.js with this project's settings; `overrides` win, setting by setting in `connection`. */
export function openClient(url: string, overrides: Options<Record<string, PostgresType>> = {}): Sql {
  return postgres(url, {
    prepare: true,
    backoff,
    keep_alive: 30,
    // Notices (`IF NOT EXISTS` skipped something) would be printed to stdout.
    onnotice: () => undefined,
    ...overrides,
    connection: { ...sessionSettings(), ...overrides.connection },
  });
}
