import { rateLimits } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { and, eq, gt, sql } from 'drizzle-orm';
import { removeRows } from '../expiry/remove-rows.sql.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { onlyRow } from '../shared/only-row.ts';
import type { Grant, Rate } from './limit-store.ts';

const { key, points, expire } = rateLimits;
const [wanted, limit, windowMs] = [
  sql`${sql.placeholder('wanted')}::integer`,
  sql`${sql.placeholder('limit')}::integer`,
  sql`${sql.placeholder('windowMs')}::bigint`,
];
const nowMs = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const isOver = sql`${expire} <= ${nowMs}`;

/** Counts what was asked for, beyond the limit too: what was there before, and so what is granted, follows from it. */
const takeQuery = prepareOnce((db) =>
  db
    .insert(rateLimits)
    .values({ key: sql.placeholder('key'), points: wanted, expire: sql`${nowMs} + ${windowMs}` })
    .onConflictDoUpdate({
      target: key,
      set: {
        points: sql`case when ${isOver} then 0 else least(${points}, ${limit}) end + ${wanted}`,
        expire: sql`case when ${isOver} then ${nowMs} + ${windowMs} else ${expire} end`,
      },
    })
    .returning({ counted: points, resetsInMs: sql`${expire} - ${nowMs}`.mapWith(Number) })
    .prepare('limits.take'),
);

/** Opens a window where there is none, or where it is over. Grants no more than what is left of its rate. */
export async function take(
  db: Database,
  name: string,
  count: number,
  { points: limit, windowSeconds }: Rate,
): Promise<Grant> {
  const rows = await takeQuery(db).execute({ key: name, wanted: count, limit, windowMs: windowSeconds * 1000 });
  const { counted, resetsInMs } = onlyRow(rows);
  const before = counted - count;
  return {
    granted: Math.min(count, Math.max(0, limit - before)),
    remaining: Math.max(0, limit - counted),
    resetsInMs,
  };
}

/** Without effect on a window that is over. */
export async function giveBack(db: Database, name: string, count: number, rate: Rate): Promise<void> {
  await db
    .update(rateLimits)
    .set({ points: sql`greatest(0, least(${points}, ${rate.points}::integer) - ${count}::integer)` })
    .where(and(eq(key, name), gt(expire, nowMs)))
    .prepare('limits.giveBack')
    .execute();
}

/** A window that is over counts as none. */
export const removeExpired = (db: Database): Promise<void> => removeRows(db, rateLimits, isOver);
