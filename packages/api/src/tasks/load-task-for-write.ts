import type { Actor } from '@taskmaster/core/policies';
import { canSeeTask } from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { found } from '../shared/authorize.ts';
import { lockShared } from '../teams/teams.repository.ts';
import type { TaskWithFacts } from './tasks.columns.ts';
import * as repository from './tasks.repository.ts';

const named = (...ids: ReadonlyArray<string | null | undefined>) => [
  ...new Set(ids.filter((id) => typeof id === 'string')),
];

/**
 * The way to a task for a change of it or of what hangs on it. Locks its team (and the one it is to move to) before it
 * looks at the task, as every writer does: no member leaves meanwhile, and no two writers wait for each other.
 */
export async function loadTaskForWrite(
  tx: Transaction,
  actor: Actor,
  task_id: string,
  targetTeamId?: string | null,
): Promise<TaskWithFacts> {
  const team_id = await repository.findTeamId(tx, task_id);
  await lockShared(tx, named(team_id, targetTeamId));
  const task = found(await repository.lockById(tx, actor, task_id), 'TASK_NOT_FOUND');
  if (task.team_id === team_id) return found(task, 'TASK_NOT_FOUND', (row) => canSeeTask(actor, row));
  // Moved since it was first looked at: what the actor is in its new team has to be read under that team's lock.
  await lockShared(tx, named(task.team_id));
  const moved = await repository.lockById(tx, actor, task_id);
  return found(moved, 'TASK_NOT_FOUND', (row) => canSeeTask(actor, row));
}
