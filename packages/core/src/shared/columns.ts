import { sql } from 'drizzle-orm';
import type { ExtraConfigColumn } from 'drizzle-orm/pg-core';
import { bigint, customType, timestamp } from 'drizzle-orm/pg-core';

/** A moment, to the millisecond that the wire shows: what is sorted in SQL is what a client reads. */
export const moment = () => timestamp({ precision: 3, withTimezone: true, mode: 'date' });

/** PostgreSQL's 64-bit transaction id, as a decimal string. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** The position of a row in the stream of committed rows: readers resume by `(xid, seq)`, in that order. */
export const streamPosition = {
  xid: xid8()
    .notNull()
    .default(sql`pg_current_xact_id()`),
  seq: bigint({ mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
};

/** In an index. Drizzle's own `desc()` puts nulls last, an order that no plain `ORDER BY … DESC` can be read from. */
export const descending = (column: ExtraConfigColumn) => column.desc().nullsFirst();
