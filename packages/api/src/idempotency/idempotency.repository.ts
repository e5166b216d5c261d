import { idempotencyLifetimeSeconds } from '@taskmaster/core/contracts';
import { idempotentAnswers } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { removeRows } from '../expiry/remove-rows.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { prepareOnce } from '../shared/prepare-once.ts';

const lockQuery = prepareOnce((db) =>
  db
    .select({ is_free: sql<boolean>`pg_try_advisory_xact_lock(hashtextextended(${sql.placeholder('id')}, 0))` })
    .from(sql`(select) as one`)
    .prepare('idempotency.tryLock'),
);

/** Whether nobody else holds it; it is let go with the transaction, however that ends. */
export async function tryLock(tx: Transaction, id: string): Promise<boolean> {
  return onlyRow(await lockQuery(tx).execute({ id })).is_free;
}

const findQuery = prepareOnce((db) =>
  db
    .select({ fingerprint: idempotentAnswers.fingerprint, output: idempotentAnswers.output })
    .from(idempotentAnswers)
    .where(and(eq(idempotentAnswers.id, sql.placeholder('id')), gt(idempotentAnswers.expires_at, sql`now()`)))
    .prepare('idempotency.find'),
);

/** What was answered under this id, while it is kept. */
export async function find(tx: Transaction, id: string) {
  const [row] = await findQuery(tx).execute({ id });
  return row;
}

const expires_at = sql`now() + make_interval(secs => ${sql.raw(String(idempotencyLifetimeSeconds))})`;
const [fingerprint, output] = [sql`${sql.placeholder('fingerprint')}`, sql`${sql.placeholder('output')}::json`];

const keepQuery = prepareOnce((db) =>
  db
    .insert(idempotentAnswers)
    .values({ id: sql.placeholder('id'), fingerprint, output, expires_at })
    // Whoever holds the lock and found nothing can meet an expired row only.
    .onConflictDoUpdate({ target: idempotentAnswers.id, set: { fingerprint, output, expires_at } })
    .prepare('idempotency.keep'),
);

/** Keeps the output as JSON: `undefined` comes back as null. */
export async function keep(tx: Transaction, answer: { id: string; fingerprint: string; output: unknown }) {
  await keepQuery(tx).execute({ ...answer, output: JSON.stringify(answer.output ?? null) });
}

export const removeExpired = (db: Database): Promise<void> =>
  removeRows(db, idempotentAnswers, lte(idempotentAnswers.expires_at, sql`now()`));
