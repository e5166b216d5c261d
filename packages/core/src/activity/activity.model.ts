export const entityTypes = ['user', 'session', 'team', 'task', 'comment', 'attachment'] as const;
export type EntityType = (typeof entityTypes)[number];

export const taskActions = [
  'task.created',
  'task.updated',
  'task.archived',
  'task.restored',
  'task.assigned',
  'task.unassigned',
] as const;
export type TaskAction = (typeof taskActions)[number];

export const activityActions = [
  'user.registered',
  'user.updated',
  'user.password_changed',
  'user.role_changed',
  'user.deactivated',
  'user.reactivated',
  'user.refused',
  'session.started',
  'session.refused',
  'session.ended',
  'session.reuse_detected',
  'team.created',
  'team.updated',
  'team.deleted',
  'team.member_added',
  'team.member_removed',
  'team.member_role_changed',
  ...taskActions,
  'comment.created',
  'comment.updated',
  'comment.deleted',
  'attachment.created',
  'attachment.deleted',
] as const;
export type ActivityAction = (typeof activityActions)[number];
