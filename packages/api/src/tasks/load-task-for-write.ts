import type { Actor } from '@taskmaster/core/policies';
import { canSeeTask } from '@taskmaster/core/policies';
import type { Transaction } from '@taskmaster/database';
import { found } from '../shared/authorize.ts';
import { Overtaken } from '../shared/write.ts';
import type { TaskWithFacts } from './tasks-columns.sql.ts';
import * as repository from './tasks.repository.ts';

/**
 * The way to a task for a change of it or of what hangs on it. Locks its team (and the one it is to move to) before it
 * looks at the task, as every writer does: no member leaves meanwhile, and no two writers wait for each other. Throws
 * `Overtaken` where the task was just moved: call it in `write`.
 */
export async function loadTaskForWrite(
  tx: Transaction,
  actor: Actor,
  task_id: string,
  targetTeamId?: string | null,
): Promise<TaskWithFacts> {
  const [lockedTeams, row] = await Promise.all([
    repository.lockTeamOf(tx, task_id, targetTeamId ?? null),
    repository.lockById(tx, actor, task_id),
  ]);
  const task = found(row, 'TASK_NOT_FOUND');
  // Moved since its team was looked up: what the actor is in the new one has to be read under that team's lock.
  if (task.team_id !== null && !lockedTeams.includes(task.team_id)) throw new Overtaken();
  return found(task, 'TASK_NOT_FOUND', (seen) => canSeeTask(actor, seen));
}
