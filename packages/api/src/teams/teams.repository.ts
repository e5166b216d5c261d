import { teamMembers, teams, users } from '@taskmaster/core/tables';
import type { PageQuery, TeamRole } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import type { Database, Executor, Transaction } from '@taskmaster/database';
import { and, asc, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { countRows } from '../shared/count-rows.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { offsetOf } from '../shared/page.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { timeOfChange } from '../shared/time-of-change.sql.ts';
import { roleIn } from './memberships.sql.ts';

const columns = getTableColumns(teams);

export type TeamRow = typeof teams.$inferSelect;
/** A team with what the actor is in it: the facts that every rule about teams needs. */
export type TeamWithFacts = TeamRow & { actor_role: TeamRole | null };

const byIdQuery = prepareOnce((db) =>
  db
    .select({ ...columns, actor_role: roleIn(sql`teams.id`, sql.placeholder('actor_id')) })
    .from(teams)
    .where(eq(teams.id, sql.placeholder('id')))
    .prepare('teams.findById'),
);

export async function findById(db: Executor, actor: Actor, id: string): Promise<TeamWithFacts | undefined> {
  const [row] = await byIdQuery(db).execute({ id, actor_id: actor.id });
  return row;
}

const lockQuery = prepareOnce((db) =>
  db
    .select({ id: teams.id })
    .from(teams)
    .where(eq(teams.id, sql.placeholder('id')))
    .for('update')
    .prepare('teams.lock'),
);

/**
 * For a change of the team or of its members. Writes to the team's tasks hold a share of this lock, so that they come
 * wholly before or wholly after: nobody creates or gets a task in a team that they are just leaving.
 */
export async function lock(tx: Transaction, id: string): Promise<void> {
  await lockQuery(tx).execute({ id });
}

const lockSharedQuery = prepareOnce((db) =>
  db
    .select({ id: teams.id })
    .from(teams)
    .where(eq(teams.id, sql.placeholder('id')))
    .for('key share')
    .prepare('teams.lockShared'),
);

/** For the creation of a task in a team: a share of the lock that `lock` takes. */
export async function lockShared(tx: Transaction, id: string): Promise<void> {
  await lockSharedQuery(tx).execute({ id });
}

export async function listOf(db: Database, actor: Actor, query: PageQuery) {
  const mine = eq(teamMembers.user_id, actor.id);
  const items = db
    .select(columns)
    .from(teamMembers)
    .innerJoin(teams, eq(teams.id, teamMembers.team_id))
    .where(mine)
    .orderBy(desc(teams.created_at), desc(teams.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('teams.listOf')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, teamMembers, mine)]);
  return { items: rows, counted };
}

export async function idsOwnedBy(db: Executor, owner_id: string): Promise<string[]> {
  const rows = await db.select({ id: teams.id }).from(teams).where(eq(teams.owner_id, owner_id)).orderBy(asc(teams.id));
  return rows.map(({ id }) => id);
}

const memberColumns = {
  user: { id: users.id, username: users.username, full_name: users.full_name },
  role: teamMembers.role,
  joined_at: teamMembers.joined_at,
};

export async function members(db: Executor, team_id: string) {
  return db
    .select(memberColumns)
    .from(teamMembers)
    .innerJoin(users, eq(users.id, teamMembers.user_id))
    .where(eq(teamMembers.team_id, team_id))
    .orderBy(asc(teamMembers.joined_at), asc(teamMembers.user_id))
    .prepare('teams.members')
    .execute();
}

const memberQuery = prepareOnce((db) =>
  db
    .select(memberColumns)
    .from(teamMembers)
    .innerJoin(users, eq(users.id, teamMembers.user_id))
    .where(
      and(eq(teamMembers.team_id, sql.placeholder('team_id')), eq(teamMembers.user_id, sql.placeholder('user_id'))),
    )
    .prepare('teams.findMember'),
);

export async function findMember(db: Executor, team_id: string, user_id: string) {
  const [row] = await memberQuery(db).execute({ team_id, user_id });
  return row;
}

export type MemberRow = NonNullable<Awaited<ReturnType<typeof findMember>>>;

export async function insert(tx: Transaction, row: typeof teams.$inferInsert): Promise<TeamRow> {
  const rows = await tx.insert(teams).values(row).returning(columns);
  return onlyRow(rows);
}

/** Every change of the team or of its members moves the version: the detail read shows both. */
export async function update(
  tx: Transaction,
  id: string,
  patch: Partial<Pick<TeamRow, 'name' | 'description'>> = {},
): Promise<TeamRow> {
  const rows = await tx
    .update(teams)
    .set({ ...patch, version: sql`${teams.version} + 1`, updated_at: timeOfChange })
    .where(eq(teams.id, id))
    .returning(columns);
  return onlyRow(rows);
}

export async function remove(tx: Transaction, id: string): Promise<void> {
  await tx.delete(teams).where(eq(teams.id, id));
}

/** Returns false where the user is a member already: the primary key decides. */
export async function insertMember(tx: Transaction, row: { team_id: string; user_id: string; role: TeamRole }) {
  const rows = await tx.insert(teamMembers).values(row).onConflictDoNothing().returning({ id: teamMembers.user_id });
  return rows.length > 0;
}

export async function updateMember(tx: Transaction, team_id: string, user_id: string, role: TeamRole) {
  await tx
    .update(teamMembers)
    .set({ role })
    .where(and(eq(teamMembers.team_id, team_id), eq(teamMembers.user_id, user_id)));
}

export async function deleteMember(tx: Transaction, team_id: string, user_id: string) {
  await tx.delete(teamMembers).where(and(eq(teamMembers.team_id, team_id), eq(teamMembers.user_id, user_id)));
}
