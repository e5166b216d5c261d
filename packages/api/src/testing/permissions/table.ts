import { activityPermissions } from './activity.permissions.ts';
import { adminPermissions } from './admin.permissions.ts';
import { attachmentsPermissions } from './attachments.permissions.ts';
import { authPermissions } from './auth.permissions.ts';
import { commentsPermissions } from './comments.permissions.ts';
import { notificationsPermissions } from './notifications.permissions.ts';
import { tasksPermissions } from './tasks.permissions.ts';
import { teamsPermissions } from './teams.permissions.ts';
import { usersPermissions } from './users.permissions.ts';
import type { PermissionRow } from './model.ts';

/** Every operation there is: what each of the actors hears about each of the subjects. */
export const permissionTable: readonly PermissionRow[] = [
  ...authPermissions,
  ...usersPermissions,
  ...teamsPermissions,
  ...tasksPermissions,
  ...commentsPermissions,
  ...attachmentsPermissions,
  ...notificationsPermissions,
  ...activityPermissions,
  ...adminPermissions,
];
