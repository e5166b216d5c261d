import type { TaskAction, TaskEvent } from '@taskmaster/core/contracts';
import { presentTask } from '../tasks/tasks.presenter.ts';
import type { TaskRow } from '../tasks/tasks-columns.sql.ts';
import type { Mark } from './position.ts';

/** A row of the activity log about a task, beside the task as it stands in the same snapshot. */
export interface TaskChange {
  kind: 'task';
  mark: Mark;
  action: TaskAction;
  actor_id: string | null;
  task_id: string;
  /** Those that the task was in before and after this change: at most two. */
  team_ids: readonly string[];
  /** Whether it was nobody's but its creator's and assignee's, before or after. */
  is_personal: boolean;
  /** Who had it before and after, as far as this change says. */
  assignee_ids: readonly string[];
  /** Null where it exists no more. */
  task: TaskRow | null;
}

export interface TaskChangeRow {
  xid: string;
  seq: bigint;
  created_at: Date;
  action: TaskAction;
  actor_id: string | null;
  entity_id: string;
  team_id: string | null;
  details: Record<string, unknown>;
  task: TaskRow | null;
}

/** What a field was before and is after. A creation tells the value alone; most changes tell nothing of a field. */
function valuesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [value];
  return ['before' in value ? value.before : undefined, 'after' in value ? value.after : undefined];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value);

export function toTaskChange(row: TaskChangeRow): TaskChange {
  const teams = [row.team_id, ...valuesOf(row.details['team_id'])];
  return {
    kind: 'task',
    mark: { xid: BigInt(row.xid), seq: row.seq, at: row.created_at.getTime() },
    action: row.action,
    actor_id: row.actor_id,
    task_id: row.entity_id,
    team_ids: [...new Set(teams.filter(isUuid))],
    is_personal: teams.includes(null),
    assignee_ids: valuesOf(row.details['assigned_to_id']).filter(isUuid),
    task: row.task,
  };
}

/** `isVisible`: the task as it is now; otherwise only that it left the reader's view. */
export function presentTaskChange(change: TaskChange, isVisible: boolean): TaskEvent {
  const task = isVisible ? change.task : null;
  return {
    type: 'task',
    action: change.action,
    task_id: change.task_id,
    team_id: task?.team_id ?? null,
    actor_id: change.actor_id,
    task: task && presentTask(task),
    at: new Date(change.mark.at).toISOString(),
  };
}
