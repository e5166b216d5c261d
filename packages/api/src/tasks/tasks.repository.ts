import type { Actor } from '@taskmaster/core/policies';
import { tasks, teams } from '@taskmaster/core/tables';
import type { Executor, Transaction } from '@taskmaster/database';
import { and, asc, eq, or, sql } from 'drizzle-orm';
import { placeholders } from '../shared/placeholders.sql.ts';
import { taskColumns, teamRoleOf } from './tasks-columns.sql.ts';
import type { TaskRow, TaskWithFacts } from './tasks-columns.sql.ts';
import { onlyRow } from '../shared/only-row.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { timeOfChange } from '../shared/time-of-change.sql.ts';

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

const lockByIdQuery = prepareOnce((db) =>
  db
    .select({ ...taskColumns, actor_team_role: teamRoleOf(sql.placeholder('actor_id')) })
    .from(tasks)
    .where(eq(tasks.id, sql.placeholder('id')))
    .for('no key update')
    .prepare('tasks.lockById'),
);

/** As `findById`, and nobody else changes the task until the transaction ends. Lock its team first (`lockTeamOf`). */
export async function lockById(tx: Transaction, actor: Actor, id: string): Promise<TaskWithFacts | undefined> {
  const [row] = await lockByIdQuery(tx).execute({ id, actor_id: actor.id });
  return row;
}

const lockTeamQuery = prepareOnce((db) =>
  db
    .select({ id: teams.id })
    .from(teams)
    .where(
      or(
        eq(teams.id, sql`(select t.team_id from tasks t where t.id = ${sql.placeholder('task_id')})`),
        eq(teams.id, sql.placeholder('other_team_id')),
      ),
    )
    .orderBy(asc(teams.id))
    .for('key share')
    .prepare('tasks.lockTeamOf'),
);

/**
 * Locks the team that a task is in now, and one that it may be put in, as every write to a team's task does. In one
 * order, so that two moves between the same teams cannot deadlock. Returns what it locked.
 */
export async function lockTeamOf(tx: Transaction, task_id: string, other_team_id: string | null): Promise<string[]> {
  const rows = await lockTeamQuery(tx).execute({ task_id, other_team_id });
  return rows.map(({ id }) => id);
}

/** What the status that is stored says of when the task was done. */
const completed_at = sql`case when ${sql.placeholder('status')} = 'done' then ${timeOfChange} end`;

const changeable = [
  'title',
  'description',
  'status',
  'priority',
  'tags',
  'due_date',
  'is_archived',
  'assigned_to_id',
  'team_id',
] as const;
export type TaskPatch = Partial<Pick<TaskRow, (typeof changeable)[number]>>;

const given = ['id', 'created_by_id', ...changeable] as const;

const insertQuery = prepareOnce((db) =>
  db
    .insert(tasks)
    .values({ ...placeholders(tasks, given), completed_at })
    .returning(taskColumns)
    .prepare('tasks.insert'),
);

export async function insert(tx: Transaction, row: Pick<TaskRow, (typeof given)[number]>): Promise<TaskRow> {
  return onlyRow(await insertQuery(tx).execute(row));
}

/** A text for each set of fields that changes: to write them all would make the search vector and its index anew. */
const updateQuery = prepareOnce((db, fields: string) => {
  const names = changeable.filter((name) => fields.split(' ').includes(name));
  return db
    .update(tasks)
    .set({
      ...placeholders(tasks, names),
      ...(names.includes('status') && { completed_at }),
      version: sql`${tasks.version} + 1`,
      updated_at: timeOfChange,
    })
    .where(eq(tasks.id, sql.placeholder('id')))
    .returning(taskColumns)
    .prepare('tasks.update');
});

export async function update(tx: Transaction, id: string, patch: TaskPatch): Promise<TaskRow> {
  const fields = Object.keys(patch).toSorted().join(' ');
  return onlyRow(await updateQuery(tx, fields).execute({ id, ...patch }));
}

/** Takes what somebody has in a team away from them. Returns the changed tasks. */
export async function unassignIn(tx: Transaction, team_id: string, user_id: string): Promise<TaskRow[]> {
  return tx
    .update(tasks)
    .set({ assigned_to_id: null, version: sql`${tasks.version} + 1`, updated_at: timeOfChange })
    .where(and(eq(tasks.team_id, team_id), eq(tasks.assigned_to_id, user_id)))
    .returning(taskColumns);
}
