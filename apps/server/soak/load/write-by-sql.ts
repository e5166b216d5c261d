import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepTask } from './journal.ts';
import { below, pick } from '../random.ts';
import type { WritePlace } from './write-by-api.ts';

const longestDelayMs = 300;

/** What makes a transaction be undone, on purpose. */
class Rollback extends Error {
  override readonly name = 'Rollback';
}

/**
 * One write in PostgreSQL itself, as the services write: the row, its activity and a notification in one transaction.
 * It stays open for a random while, so that rows become visible in another order than that in which they were numbered;
 * some are rolled back.
 */
export async function writeBySql({ system, journal, writer, teams, tasks }: WritePlace): Promise<boolean> {
  const isUndone = below(10) === 0;
  const known = below(3) === 0 ? undefined : tasks[below(tasks.length)];
  const team = known?.team ?? pick(teams);
  const task_id = known?.id ?? randomUUID();
  const assignee = pick(team.members).id;
  try {
    const version = await system.sql.begin(async (tx) => {
      const [row] = known
        ? await tx<{ version: number }[]>`
            update tasks set title = ${`Task ${below(1e6)}`}, version = version + 1, updated_at = now()
            where id = ${task_id} returning version`
        : await tx<{ version: number }[]>`
            insert into tasks (id, title, created_by_id, team_id) values (${task_id}, 'Task', ${writer.id}, ${team.id})
            returning version`;
      await tx`
        insert into activity_logs (id, actor_id, action, entity_type, entity_id, task_id, team_id)
        values (${randomUUID()}, ${writer.id}, ${known ? 'task.updated' : 'task.created'}, 'task', ${task_id}, ${task_id}, ${team.id})`;
      await tx`
        insert into notifications (id, user_id, type, title, task_id, team_id)
        values (${randomUUID()}, ${assignee}, 'task_updated', 'A task was changed', ${task_id}, ${team.id})`;
      await sleep(Math.random() * longestDelayMs);
      if (isUndone) throw new Rollback();
      return row?.version ?? 0;
    });
    keepTask(journal, { id: task_id, version });
    if (!known) tasks.push({ id: task_id, team });
    return true;
  } catch (error) {
    if (error instanceof Rollback) return true;
    throw error;
  }
}
