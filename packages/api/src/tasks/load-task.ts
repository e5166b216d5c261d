import type { Actor } from '@taskmaster/core/policies';
import { canSeeTask } from '@taskmaster/core/policies';
import type { Executor } from '@taskmaster/database';
import { found } from '../shared/authorize.ts';
import type { TaskWithFacts } from './tasks-columns.sql.ts';
import { findById } from './tasks.repository.ts';

/** The way to a task, and to all that hangs on it, for reading: whoever may not see it hears `TASK_NOT_FOUND`. */
export async function loadTask(db: Executor, actor: Actor, task_id: string): Promise<TaskWithFacts> {
  return found(await findById(db, actor, task_id), 'TASK_NOT_FOUND', (task) => canSeeTask(actor, task));
}
