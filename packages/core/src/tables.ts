export { activityHeads, activityLinks } from './activity/activity-chain.table.ts';
export {
  activityAddresses,
  activityEntries,
  activityLogs,
  activityPersonalDetails,
} from './activity/activity.table.ts';
export { attachments, storageGarbage } from './attachments/attachments.table.ts';
export { knownNetworks, rateLimits, refreshTokens, sessionEndReason, sessions } from './auth/auth.table.ts';
export { comments } from './comments/comments.table.ts';
export { idempotentAnswers } from './idempotency/idempotency.table.ts';
export { notificationEntries, notifications } from './notifications/notifications.table.ts';
export { taskPriority, tasks, taskStatus } from './tasks/tasks.table.ts';
export { teamMembers, teamRole, teams } from './teams/teams.table.ts';
export { userRole, users } from './users/users.table.ts';
