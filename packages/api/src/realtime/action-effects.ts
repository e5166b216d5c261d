import type { ActivityAction, TaskAction } from '@taskmaster/core/contracts';
import { activityActions } from '@taskmaster/core/contracts';

/**
 * What an action of the log means to those who are connected. `session`, `user`: their sockets close. `role`: the user
 * sees other tasks from now on, and so do the members of whom `members` speaks. `task`: an event. `none`: nothing.
 */
type Effect<Action extends ActivityAction> = Action extends TaskAction
  ? 'task'
  : 'session' | 'user' | 'role' | 'members' | 'none';

/** Closed: a new action does not compile until it is decided here whether it takes anything away from anybody. */
const effects = {
  'user.registered': 'none',
  'user.updated': 'none',
  // The sessions that it ends have rows of their own.
  'user.password_changed': 'none',
  'user.role_changed': 'role',
  'user.deactivated': 'user',
  'user.reactivated': 'none',
  'user.refused': 'none',
  'session.started': 'none',
  'session.refused': 'none',
  'session.ended': 'session',
  'session.reuse_detected': 'session',
  // Its first member made it, and it has no tasks.
  'team.created': 'none',
  'team.updated': 'none',
  'team.deleted': 'members',
  'team.member_added': 'members',
  'team.member_removed': 'members',
  // Members and managers see the same.
  'team.member_role_changed': 'none',
  'task.created': 'task',
  'task.updated': 'task',
  'task.archived': 'task',
  'task.restored': 'task',
  'task.assigned': 'task',
  'task.unassigned': 'task',
  'comment.created': 'none',
  'comment.updated': 'none',
  'comment.deleted': 'none',
  'attachment.created': 'none',
  'attachment.deleted': 'none',
} as const satisfies { [Action in ActivityAction]: Effect<Action> };

type Effects = typeof effects;

/** The actions that have one of the effects. */
export type ActionWith<Wanted extends Effects[ActivityAction]> = {
  [Action in ActivityAction]: Effects[Action] extends Wanted ? Action : never;
}[ActivityAction];

export function hasEffect<Wanted extends Effects[ActivityAction]>(
  action: ActivityAction,
  ...wanted: readonly Wanted[]
): action is ActionWith<Wanted> {
  const effect: Effects[ActivityAction] = effects[action];
  return wanted.some((one) => one === effect);
}

const actionsWith = (...wanted: readonly Effects[ActivityAction][]) =>
  activityActions.filter((action) => hasEffect(action, ...wanted));

/** What takes access away, and is read for as soon as it is committed. */
export const narrowingActions = actionsWith('session', 'user', 'role');
/** What `tasks.onChange` tells of, in the order of the stream. */
export const streamedActions = actionsWith('task', 'members', 'role');
