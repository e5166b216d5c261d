import { activityRouter } from './activity/activity.router.ts';
import { adminRouter } from './admin/admin.router.ts';
import { attachmentsRouter } from './attachments/attachments.router.ts';
import { authRouter } from './auth/auth.router.ts';
import { sessionsRouter } from './auth/sessions.router.ts';
import { commentsRouter } from './comments/comments.router.ts';
import { notificationsRouter } from './notifications/notifications.router.ts';
import { tasksRouter } from './tasks/tasks.router.ts';
import { teamsRouter } from './teams/teams.router.ts';
import type { Context } from './shared/context.ts';
import { router } from './trpc.ts';
import { usersRouter } from './users/users.router.ts';

/** Every operation there is, once. REST, typed RPC, the document and the sockets are made from this. */
export const appRouter = router({
  auth: authRouter,
  sessions: sessionsRouter,
  users: usersRouter,
  teams: teamsRouter,
  tasks: tasksRouter,
  comments: commentsRouter,
  attachments: attachmentsRouter,
  notifications: notificationsRouter,
  activity: activityRouter,
  admin: adminRouter,
});

export type AppRouter = typeof appRouter;
/** Named here, so that the declarations of the router need nothing that loads the database's types. */
export type { Context };
