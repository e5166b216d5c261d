import type { TeamRole } from '@taskmaster/core/contracts';
import { tasks } from '@taskmaster/core/tables';
import type { Placeholder } from 'drizzle-orm';
import { getTableColumns, sql } from 'drizzle-orm';

const { search: _search, completed_at: _completedAt, ...columns } = getTableColumns(tasks);

/** What the wire shows of a task. The search vector stays in the database. */
export const taskColumns = columns;
export type TaskRow = Omit<typeof tasks.$inferSelect, 'search' | 'completed_at'>;

/** A task with what the actor is in its team: the facts that every rule about tasks needs. */
export type TaskWithFacts = TaskRow & { actor_team_role: TeamRole | null };

// Names are written out: in a select of one table Drizzle leaves the table off, and `team_id` would be that of `m`.
export const teamRoleOf = (user_id: string | Placeholder) =>
  sql<TeamRole | null>`(select m.role from team_members m where m.team_id = tasks.team_id and m.user_id = ${user_id})`;
