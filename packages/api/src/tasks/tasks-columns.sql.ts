import type { TeamRole } from '@taskmaster/core/contracts';
import { tasks } from '@taskmaster/core/tables';
import type { Placeholder } from 'drizzle-orm';
import { getTableColumns, sql } from 'drizzle-orm';
import { roleIn } from '../teams/memberships.sql.ts';

const { search: _search, completed_at: _completedAt, ...columns } = getTableColumns(tasks);

/** What the wire shows of a task. The search vector stays in the database. */
export const taskColumns = columns;
export type TaskRow = Omit<typeof tasks.$inferSelect, 'search' | 'completed_at'>;

/** A task with what the actor is in its team: the facts that every rule about tasks needs. */
export type TaskWithFacts = TaskRow & { actor_team_role: TeamRole | null };

export const teamRoleOf = (user_id: string | Placeholder) => roleIn(sql`tasks.team_id`, user_id);
