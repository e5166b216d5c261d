import type { PageQuery } from '@taskmaster/core/contracts';
import { sessions } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { and, desc, eq, getTableColumns, gt, isNull, sql } from 'drizzle-orm';
import { removeRows } from '../expiry/remove-rows.sql.ts';
import { countRows } from '../shared/count-rows.sql.ts';
import { offsetOf } from '../shared/page.ts';

const { user_id: _user, revoked_at: _at, revoke_reason: _reason, ...columns } = getTableColumns(sessions);
export type SessionRow = Omit<typeof sessions.$inferSelect, 'user_id' | 'revoked_at' | 'revoke_reason'>;

const liveOf = (user_id: string) =>
  and(eq(sessions.user_id, user_id), isNull(sessions.revoked_at), gt(sessions.expires_at, sql`now()`));

/** The live sessions of a user, the last used first. */
export async function list(db: Database, user_id: string, query: PageQuery) {
  const items = db
    .select(columns)
    .from(sessions)
    .where(liveOf(user_id))
    .orderBy(desc(sessions.last_used_at), desc(sessions.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('sessions.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, sessions, liveOf(user_id))]);
  return { items: rows, counted };
}

/** A live session of this user. Locked, as by a refresh: the two come one after the other. */
export async function lockLive(tx: Transaction, user_id: string, id: string) {
  const [row] = await tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, id), liveOf(user_id)))
    .for('no key update');
  return row;
}

/** For a month it can still be looked up when and why one ended; the activity log says so for ever. */
export const removeLongEnded = (db: Database): Promise<void> =>
  removeRows(db, sessions, sql`least(${sessions.revoked_at}, ${sessions.expires_at}) < now() - interval '30 days'`);
