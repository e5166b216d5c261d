import { createActivityService } from './activity/activity.service.ts';
import { createRefusalsService } from './activity/refusals.service.ts';
import { createAdminService } from './admin/admin.service.ts';
import { createAttachmentsService } from './attachments/attachments.service.ts';
import { createAuthService } from './auth/auth.service.ts';
import { createCommentsService } from './comments/comments.service.ts';
import { createNotificationsService } from './notifications/notifications.service.ts';
import { createSessionsService } from './auth/sessions.service.ts';
import { createIdempotencyService } from './idempotency/idempotency.service.ts';
import { createLimitsService } from './limits/limits.service.ts';
import type { Services } from './services.ts';
import type { Deps } from './shared/deps.ts';
import { createTasksService } from './tasks/tasks.service.ts';
import { createTeamsService } from './teams/teams.service.ts';
import { createUsersService } from './users/users.service.ts';

export function createServices(deps: Deps): Services {
  return {
    auth: createAuthService(deps),
    sessions: createSessionsService(deps),
    users: createUsersService(deps),
    teams: createTeamsService(deps),
    tasks: createTasksService(deps),
    comments: createCommentsService(deps),
    attachments: createAttachmentsService(deps),
    notifications: createNotificationsService(deps),
    activity: createActivityService(deps),
    admin: createAdminService(deps),
    limits: createLimitsService(deps),
    refusals: createRefusalsService(deps),
    idempotency: createIdempotencyService(deps),
  };
}
