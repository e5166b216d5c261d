import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** Less than the 10 s after which PostgreSQL ends an idle transaction: the one that holds the lock. */
const patienceMs = 8_000;

/**
 * Resolves when so many sessions wait for a lock in this database. It asks as the owner: the app's role may not see what
 * other sessions wait for.
 */
export async function untilWaiting(owner: Sql, sessions = 1): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let rows: readonly unknown[] = []; rows.length < sessions; await sleep(10)) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${sessions} that wait for a lock`);
    rows = await owner`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  }
}
