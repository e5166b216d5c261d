import type { Executor } from '@taskmaster/database';
import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { countLimit } from './page.ts';

/** How many rows there are, up to `countLimit`: a total never scans more than that. */
export async function countRows(db: Executor, table: PgTable, where: SQL | undefined): Promise<number> {
  const [row] = await db
    .select({ counted: sql<number>`count(*)`.mapWith(Number) })
    .from(sql`(select 1 from ${table} where ${where ?? sql`true`} limit ${countLimit}) counted`)
    .prepare('countRows')
    .execute();
  return row?.counted ?? 0;
}
