import { users } from '@taskmaster/core/tables';
import type { PageQuery } from '@taskmaster/core/contracts';
import type { Database, Executor, Transaction } from '@taskmaster/database';
import type { Placeholder } from 'drizzle-orm';
import { and, asc, desc, eq, getTableColumns, or, sql } from 'drizzle-orm';
import { isKnownNetwork } from '../auth/known-networks.repository.ts';
import { countRows } from '../shared/count-rows.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { offsetOf } from '../shared/page.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { timeOfChange } from '../shared/time-of-change.sql.ts';

/** The password hash leaves this file only by `findForLogin` and `findCredentials`. */
const { password_hash: _, ...columns } = getTableColumns(users);
const sameText = (column: typeof users.email | typeof users.username, value: string | Placeholder) =>
  sql`lower(${column}) = lower(${value})`;

export type UserRow = Omit<typeof users.$inferSelect, 'password_hash'>;

const byIdQuery = prepareOnce((db) =>
  db
    .select(columns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('users.findById'),
);

export async function findById(db: Executor, id: string): Promise<UserRow | undefined> {
  const [row] = await byIdQuery(db).execute({ id });
  return row;
}

const named = {
  user_id: eq(users.id, sql.placeholder('user_id')),
  email: sameText(users.email, sql.placeholder('email')),
  username: sameText(users.username, sql.placeholder('username')),
};

const activeQuery = prepareOnce((db, by: keyof typeof named) =>
  db.select(columns).from(users).where(and(named[by], users.is_active)).prepare('users.findActive'),
);

/** By id, e-mail or username: the three ways to name a new member. */
export async function findActive(db: Executor, by: { user_id: string } | { email: string } | { username: string }) {
  const way = 'user_id' in by ? 'user_id' : 'email' in by ? 'email' : 'username';
  const [row] = await activeQuery(db, way).execute(by);
  return row;
}

const lockActiveQuery = prepareOnce((db) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, sql.placeholder('id')), users.is_active))
    .for('share')
    .prepare('users.lockActive'),
);

/** Whether there is such an active user, who is not deactivated before the transaction ends. */
export async function lockActive(tx: Transaction, id: string): Promise<boolean> {
  const rows = await lockActiveQuery(tx).execute({ id });
  return rows.length > 0;
}

/** By id, e-mail or username, active or not: whom an operator means. */
export async function findNamed(db: Executor, name: string): Promise<UserRow | undefined> {
  const condition = or(
    sql`${users.id}::text = lower(${name})`,
    sameText(users.email, name),
    sameText(users.username, name),
  );
  const [row] = await db.select(columns).from(users).where(condition);
  return row;
}

/** By e-mail or username. No username looks like an e-mail address, so that at most one row is meant. */
export async function findForLogin(db: Executor, name: string, network: string) {
  const [row] = await db
    .select({
      id: users.id,
      password_hash: users.password_hash,
      is_active: users.is_active,
      is_known_network: isKnownNetwork(network),
    })
    .from(users)
    .where(or(sameText(users.email, name), sameText(users.username, name)))
    .prepare('users.findForLogin')
    .execute();
  return row;
}

/** Shared lock: a deactivation or a new password waits until the session of this login is committed, and ends it. */
export async function lockForLogin(tx: Transaction, id: string) {
  const [row] = await tx
    .select({ password_hash: users.password_hash, is_active: users.is_active })
    .from(users)
    .where(eq(users.id, id))
    .for('share')
    .prepare('users.lockForLogin')
    .execute();
  return row;
}

/** Not a change of the user: the same password, hashed with newer parameters. */
export async function setPasswordHash(tx: Transaction, id: string, password_hash: string) {
  await tx.update(users).set({ password_hash }).where(eq(users.id, id));
}

export async function findCredentials(db: Executor, id: string) {
  const [row] = await db
    .select({ username: users.username, email: users.email, password_hash: users.password_hash })
    .from(users)
    .where(eq(users.id, id))
    .prepare('users.findCredentials')
    .execute();
  return row;
}

export async function insert(tx: Transaction, row: typeof users.$inferInsert): Promise<UserRow> {
  const rows = await tx.insert(users).values(row).returning(columns);
  return onlyRow(rows);
}

/**
 * No hash of any password, so that nobody logs in with it; what tells an erased account from one that is not active, in
 * drizzle/0007_activity_addresses.sql too.
 */
const erasedHash = 'erased';

export async function lockById(tx: Transaction, id: string) {
  const is_erased = sql<boolean>`${users.password_hash} = ${erasedHash}`;
  const [row] = await tx
    .select({ ...columns, is_erased })
    .from(users)
    .where(eq(users.id, id))
    .for('no key update');
  return row;
}

/**
 * Until nobody is at work who has written a row that leads to the user; who comes later waits. It is the last lock to take:
 * who waits for it may hold any other.
 */
export async function waitForWritersOf(tx: Transaction, id: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, id)).for('update');
}

/** Locked in one order, so that admins who strike each other wait instead of both succeeding. */
export async function lockActiveAdmins(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, 'admin'), users.is_active))
    .orderBy(asc(users.id))
    .for('no key update');
  return rows.map(({ id }) => id);
}

type Patch = Partial<Pick<typeof users.$inferInsert, 'email' | 'username' | 'full_name' | 'role' | 'is_active'>>;

export async function update(tx: Transaction, id: string, patch: Patch & { password_hash?: string }) {
  const rows = await tx
    .update(users)
    .set({ ...patch, updated_at: timeOfChange })
    .where(eq(users.id, id))
    .returning(columns);
  return onlyRow(rows);
}

/** What names a person. The row itself stays: others' rows lead to it. */
export async function erase(tx: Transaction, id: string) {
  await update(tx, id, {
    // `.invalid` is nobody's for ever (RFC 2606).
    email: `${id}@erased.invalid`,
    username: `erased-${id}`,
    full_name: null,
    password_hash: erasedHash,
  });
}

export async function list(db: Database, query: PageQuery) {
  const items = db
    .select(columns)
    .from(users)
    .orderBy(desc(users.created_at), desc(users.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('users.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, users, undefined)]);
  return { items: rows, counted };
}
