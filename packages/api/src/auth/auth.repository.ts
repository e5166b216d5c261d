import { refreshTokens, sessions, users } from '@taskmaster/core/tables';
import type { SessionEndReason } from '@taskmaster/core/contracts';
import type { Database, Executor, Transaction } from '@taskmaster/database';
import { refreshGraceSeconds } from '@taskmaster/core/contracts';
import { and, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import { removeRows } from '../expiry/remove-rows.sql.ts';
import { prepareOnce } from '../shared/prepare-once.ts';

/** All times are the database's: several servers need not agree on a clock. */
const after = (seconds: number) => sql<Date>`now() + make_interval(secs => ${seconds})`;

/** How long a session lives without being used, and how long, which is no less, however much it is used. */
export interface SessionLifetimes {
  idleSeconds: number;
  absoluteSeconds: number;
}

const actorsQuery = prepareOnce((db, key: 'one' | 'many') =>
  db
    .select({ id: users.id, role: users.role, session_id: sessions.id })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(
      and(
        key === 'one'
          ? eq(sessions.id, sql.placeholder('sid'))
          : sql`${sessions.id} = any (${sql.placeholder('sids')}::uuid[])`,
        isNull(sessions.revoked_at),
        gt(sessions.expires_at, sql`now()`),
        users.is_active,
      ),
    )
    .prepare(`auth.findActors.${key}`),
);

interface SessionOfUser {
  sub: string;
  sid: string;
}

/** The user and the role of a live session, or undefined: the one read that every request makes. */
export async function findActor(db: Executor, { sub, sid }: SessionOfUser) {
  const [row] = await actorsQuery(db, 'one').execute({ sid });
  return row?.id === sub ? row : undefined;
}

/** The same for each of many, in their order, by one read. */
export async function findActors(db: Executor, asked: readonly SessionOfUser[]) {
  const rows = await actorsQuery(db, 'many').execute({ sids: `{${asked.map(({ sid }) => sid).join(',')}}` });
  const bySession = new Map(rows.map((row) => [row.session_id, row]));
  return asked.map(({ sub, sid }) => {
    const row = bySession.get(sid);
    return row?.id === sub ? row : undefined;
  });
}

export interface NewSession {
  id: string;
  user_id: string;
  ip_address: string | null;
  user_agent: string | null;
}

export async function insertSession(tx: Transaction, session: NewSession, lifetimeSeconds: number) {
  await tx
    .insert(sessions)
    .values({ ...session, expires_at: after(lifetimeSeconds) })
    .prepare('auth.insertSession')
    .execute();
}

export async function insertRefreshToken(
  tx: Transaction,
  token: { hash: string; session_id: string },
  lifetimeSeconds: number,
) {
  await tx
    .insert(refreshTokens)
    .values({ ...token, expires_at: after(lifetimeSeconds) })
    .prepare('auth.insertRefreshToken')
    .execute();
}

/** Locks the session of a token: rotation, logout and revocation of one family happen one after the other. */
export async function lockSessionOf(tx: Transaction, hash: string) {
  const [row] = await tx
    .select({
      id: sessions.id,
      user_id: sessions.user_id,
      is_live: sql<boolean>`${sessions.revoked_at} is null and ${sessions.expires_at} > now()`,
    })
    .from(sessions)
    .where(
      eq(
        sessions.id,
        sql`(select ${refreshTokens.session_id} from ${refreshTokens} where ${refreshTokens.hash} = ${hash})`,
      ),
    )
    .for('no key update')
    .prepare('auth.lockSessionOf')
    .execute();
  return row;
}

/**
 * A token as it stands now that its session is locked. `replaced_by`: it is spent; `is_in_grace`: but so lately that it
 * may come again.
 */
export async function findRefreshToken(tx: Transaction, hash: string) {
  const [row] = await tx
    .select({
      hash: refreshTokens.hash,
      is_expired: sql<boolean>`${refreshTokens.expires_at} <= now()`,
      replaced_by: refreshTokens.replaced_by,
      is_in_grace: sql<boolean>`coalesce(${refreshTokens.rotated_at} > clock_timestamp() - make_interval(secs => ${refreshGraceSeconds}), false)`,
    })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, hash))
    .prepare('auth.findRefreshToken')
    .execute();
  return row;
}

export async function spendRefreshToken(tx: Transaction, hash: string, successorHash: string) {
  await tx
    .update(refreshTokens)
    .set({ rotated_at: sql`clock_timestamp()`, replaced_by: successorHash })
    .where(eq(refreshTokens.hash, hash))
    .prepare('auth.spendRefreshToken')
    .execute();
}

/** A session lives as long as it is used, up to its end. */
export async function touchSession(tx: Transaction, id: string, { idleSeconds, absoluteSeconds }: SessionLifetimes) {
  const end = sql<Date>`${sessions.created_at} + make_interval(secs => ${absoluteSeconds})`;
  await tx
    .update(sessions)
    .set({ last_used_at: sql`now()`, expires_at: sql`least(${after(idleSeconds)}, ${end})` })
    .where(eq(sessions.id, id))
    .prepare('auth.touchSession')
    .execute();
}

/** Ends the live sessions of a user, or all but one. Returns the ids of those that this call ended. */
export async function revokeSessionsOf(
  tx: Transaction,
  user_id: string,
  reason: SessionEndReason,
  options: { except?: string } = {},
) {
  const rows = await tx
    .update(sessions)
    .set({ revoked_at: sql`now()`, revoke_reason: reason })
    .where(
      and(
        eq(sessions.user_id, user_id),
        isNull(sessions.revoked_at),
        options.except === undefined ? undefined : ne(sessions.id, options.except),
      ),
    )
    .returning({ id: sessions.id });
  return rows.map(({ id }) => id);
}

/** Returns false where the session had ended before. */
export async function revokeSession(tx: Transaction, id: string, reason: SessionEndReason) {
  const rows = await tx
    .update(sessions)
    .set({ revoked_at: sql`now()`, revoke_reason: reason })
    .where(and(eq(sessions.id, id), isNull(sessions.revoked_at)))
    .returning({ id: sessions.id });
  return rows.length > 0;
}

/** Where the sessions of a user came from. The sessions themselves stay, as ended. */
export async function eraseSessionsOf(tx: Transaction, user_id: string) {
  await tx.update(sessions).set({ ip_address: null, user_agent: null }).where(eq(sessions.user_id, user_id));
}

/** A day later: no refresh that found it good is under way. Unknown is answered as expired is. */
export const removeExpiredTokens = (db: Database): Promise<void> =>
  removeRows(db, refreshTokens, lt(refreshTokens.expires_at, sql`now() - interval '1 day'`));
