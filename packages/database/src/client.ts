import postgres from 'postgres';
import type { Options, PostgresType, Sql } from 'postgres';

/** Milliseconds. PostgreSQL itself ends what takes longer, so that no lock or connection is held by a hung request. */
const SESSION_SETTINGS = {
  TimeZone: 'UTC',
  default_transaction_isolation: 'read committed',
  statement_timeout: 10_000,
  lock_timeout: 5_000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

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
    connection: { ...SESSION_SETTINGS, ...overrides.connection },
  });
}
