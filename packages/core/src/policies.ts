export { canSeeAddress } from './activity/activity.policy.ts';
export { canDeleteAttachment } from './attachments/attachments.policy.ts';
export { canChangeComment } from './comments/comments.policy.ts';
export { isAdmin } from './shared/actor.ts';
export type { Actor } from './shared/actor.ts';
export { canChangeTask, canSeeTask, canUpdateTask, isInSphere } from './tasks/tasks.policy.ts';
export type { TaskFacts } from './tasks/tasks.policy.ts';
export {
  canAddMember,
  canChangeMemberRole,
  canChangeTeam,
  canPutTaskInTeam,
  canRemoveMember,
  canSeeTeam,
} from './teams/teams.policy.ts';
export type { MemberFacts, TeamFacts } from './teams/teams.policy.ts';
