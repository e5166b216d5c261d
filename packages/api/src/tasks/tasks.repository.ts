import type { Actor } from '@taskmaster/core/policies';
import { tasks, teams } from '@taskmaster/core/tables';
import type { Executor, Transaction } from '@taskmaster/database';
import { and, asc, eq, or, sql } from 'drizzle-orm';
import { taskColumns, teamRoleOf } from './tasks-columns.sql.ts';
import type { TaskRow, TaskWithFacts } from './tasks-columns.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { prepareOnce } from '../shared/prepare-once.ts';

export type TaskPatch = Partial<
  Pick<
    TaskRow,
    'title' | 'description' | 'status' | 'priority' | 'tags' | 'due_date' | 'is_archived' | 'assigned_to_id' | 'team_id'
  >
>;

const byIdQuery = prepareOnce((db) =>
  db
    .select({ ...taskColumns, actor_team_role: teamRoleOf(sql.placeholder('actor_id')) })
    .from(tasks)
    .where(eq(tasks.id, sql.placeholder('id')))
    .prepare('tasks.findById'),
);

export async function findById(db: Executor, actor: Actor, id: string): Promise<TaskWithFacts | undefined> {
  const [row] = await byIdQuery(db).execute({ id, actor_id: actor.id });
  return row;
}

/** As `findById`, and nobody else changes the task until the transaction ends. Lock its team first (`lockTeamOf`). */
export async function lockById(tx: Transaction, actor: Actor, id: string): Promise<TaskWithFacts | undefined> {
  const [row] = await tx
    .select({ ...taskColumns, actor_team_role: teamRoleOf(actor.id) })
    .from(tasks)
    .where(eq(tasks.id, id))
    .for('no key update')
    .prepare('tasks.lockById')
    .execute();
  return row;
}

/**
 * Locks the team that a task is in now, and one that it may be put in, as every write to a team's task does. In one
 * order, so that two moves between the same teams cannot deadlock. Returns what it locked.
 */
export async function lockTeamOf(tx: Transaction, task_id: string, other_team_id: string | null): Promise<string[]> {
  const itsTeam = sql`(select t.team_id from tasks t where t.id = ${task_id})`;
  const rows = await tx
    .select({ id: teams.id })
    .from(teams)
    .where(or(eq(teams.id, itsTeam), other_team_id === null ? undefined : eq(teams.id, other_team_id)))
    .orderBy(asc(teams.id))
    .for('key share')
    .prepare('tasks.lockTeamOf')
    .execute();
  return rows.map(({ id }) => id);
}

export async function insert(tx: Transaction, row: typeof tasks.$inferInsert): Promise<TaskRow> {
  const completed_at = row.status === 'done' ? sql`now()` : null;
  const rows = await tx
    .insert(tasks)
    .values({ ...row, completed_at })
    .returning(taskColumns)
    .prepare('tasks.insert')
    .execute();
  return onlyRow(rows);
}

export async function update(tx: Transaction, id: string, patch: TaskPatch): Promise<TaskRow> {
  const completed_at = patch.status === 'done' ? sql`now()` : null;
  const rows = await tx
    .update(tasks)
    .set({
      ...patch,
      ...(patch.status !== undefined && { completed_at }),
      version: sql`${tasks.version} + 1`,
      updated_at: sql`now()`,
    })
    .where(eq(tasks.id, id))
    .returning(taskColumns)
    .prepare('tasks.update')
    .execute();
  return onlyRow(rows);
}

/** Takes what somebody has in a team away from them. Returns the changed tasks. */
export async function unassignIn(tx: Transaction, team_id: string, user_id: string): Promise<TaskRow[]> {
  return tx
    .update(tasks)
    .set({ assigned_to_id: null, version: sql`${tasks.version} + 1`, updated_at: sql`now()` })
    .where(and(eq(tasks.team_id, team_id), eq(tasks.assigned_to_id, user_id)))
    .returning(taskColumns);
}
