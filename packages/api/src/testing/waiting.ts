import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** Resolves when so many sessions wait for a lock in this database. */
export async function untilWaiting(sql: Sql, sessions = 1): Promise<void> {
  for (let rows: readonly unknown[] = []; rows.length < sessions; await sleep(10))
    rows = await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
}
