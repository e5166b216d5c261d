import type { Database } from '@taskmaster/database';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

const batchSize = 1_000;

/** By the thousand, so that no statement runs long, and past what somebody else holds: the next sweep finds it again. */
export async function removeRows(db: Database, table: PgTable, condition: SQL): Promise<void> {
  const batch = sql`select ctid from ${table} where ${condition} limit ${batchSize} for update skip locked`;
  for (let removed = batchSize; removed === batchSize;) {
    const rows = await db
      .delete(table)
      .where(sql`ctid = any(array(${batch}))`)
      .returning({ one: sql`1` });
    removed = rows.length;
  }
}
