import type { Notice } from '../notifications/notify.ts';
import type { Changes } from '../shared/changes.ts';
import type { TaskRow } from './tasks-columns.sql.ts';

type Subject = Pick<TaskRow, 'id' | 'team_id' | 'title' | 'created_by_id' | 'assigned_to_id'>;

/**
 * Who is told of a change: the new assignee, the one who had it, who knows it by its title before and may see no other, and
 * whoever made it or has it still.
 */
export function noticesOf(
  task: Subject,
  changes: Changes,
  { title: titleBefore }: Pick<Subject, 'title'> = task,
): Notice[] {
  const about = { task_id: task.id, team_id: task.team_id };
  const assignment = changes['assigned_to_id'];
  const [before, after] = [idOf(assignment?.before), idOf(assignment?.after)];
  const notices: Notice[] = [];
  if (after !== null) {
    notices.push({ user_id: after, type: 'task_assigned', title: `You were assigned “${task.title}”`, ...about });
  }
  if (before !== null) {
    notices.push({ user_id: before, type: 'task_unassigned', title: `“${titleBefore}” was taken from you`, ...about });
  }
  const told = new Set(notices.map(({ user_id }) => user_id));
  const concerned = new Set([task.created_by_id, task.assigned_to_id].filter((id) => id !== null));
  const body = `Changed: ${Object.keys(changes).join(', ')}`;
  for (const user_id of concerned) {
    if (told.has(user_id)) continue;
    notices.push({ user_id, type: 'task_updated', title: `“${task.title}” was changed`, body, ...about });
  }
  return notices;
}

const idOf = (value: unknown) => (typeof value === 'string' ? value : null);
