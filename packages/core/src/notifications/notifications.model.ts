export const taskNotificationTypes = ['task_assigned', 'task_unassigned', 'task_updated', 'task_commented'] as const;
export const teamNotificationTypes = ['team_added', 'team_removed', 'team_role_changed'] as const;
export const notificationTypes = [...taskNotificationTypes, ...teamNotificationTypes] as const;
export type NotificationType = (typeof notificationTypes)[number];
