import type { Actor } from '@taskmaster/core/policies';
import { canSeeTask, isAdmin } from '@taskmaster/core/policies';
import type { TaskChange } from './task-change.ts';

/** What of a change reaches a reader: the task as it is, that it left their view, or nothing. */
export type TaskView = 'visible' | 'left' | 'none';

export interface TaskViewer {
  actor: Actor;
  /** The one team that was asked for. */
  team_id: string | undefined;
}

/** The transaction since which the actor is a member of a team without interruption; undefined: not a member now. */
export type MemberSince = (team_id: string) => bigint | undefined;

/**
 * The rule of `tasks.onChange`, the same for live events and for those that were missed. A change is for who may
 * hear of it by what it says: members of its teams, before and after, who are members now and were when it happened;
 * creator and assignees where it was personal; admins. Whether they see the task is decided by what it is now.
 */
export function viewOf(change: TaskChange, viewer: TaskViewer, memberSince: MemberSince): TaskView {
  const { actor, team_id } = viewer;
  const { task } = change;
  if (!task) return 'none';
  if (team_id !== undefined && !change.team_ids.includes(team_id)) return 'none';

  const wasMember = (id: string) => {
    const since = memberSince(id);
    return since !== undefined && since <= change.mark.xid;
  };
  const isTheirs = task.created_by_id === actor.id || task.assigned_to_id === actor.id;
  const isAddressed =
    isAdmin(actor) ||
    change.team_ids.some((id) => (team_id === undefined || id === team_id) && wasMember(id)) ||
    (team_id === undefined && change.is_personal && (isTheirs || change.assignee_ids.includes(actor.id)));
  if (!isAddressed) return 'none';

  const isMember = task.team_id !== null && memberSince(task.team_id) !== undefined;
  const isAsked = team_id === undefined || task.team_id === team_id;
  const maySee = canSeeTask(actor, { ...task, actor_team_role: isMember ? 'member' : null });
  return isAsked && maySee ? 'visible' : 'left';
}
