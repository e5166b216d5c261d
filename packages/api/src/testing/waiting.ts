import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** Resolves when so many sessions wait for a lock in this database. Ask as the owner: the app's role may not see what others wait for. */
export async function untilWaiting(owner: Sql, sessions = 1, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let rows: readonly unknown[] = []; rows.length < sessions; await sleep(10)) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${sessions} that wait for a lock`);
    rows = await owner`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  }
}
