import {
  ListNotificationsInput,
  MarkAllReadResult,
  NoInput,
  Notification,
  NotificationIdInput,
  NotificationPage,
  WatchNotificationsInput,
} from '@taskmaster/core/contracts';
import { notificationExamples } from './notifications.examples.ts';
import { problems } from '../shared/problems.ts';
import { trackedEvents } from '../shared/tracked-events.ts';
import { router, userProcedure } from '../trpc.ts';

const tags = ['Notifications'];

export const notificationsRouter = router({
  list: userProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/notifications',
        tags,
        summary: 'List my notifications',
        description: 'The newest first.',
      },
      rest: { example: notificationExamples.list },
    })
    .input(ListNotificationsInput)
    .output(NotificationPage)
    .query(({ ctx, input }) => ctx.services.notifications.list(ctx, input)),

  markAllRead: userProcedure
    .meta({
      openapi: { method: 'PUT', path: '/notifications/read-all', tags, summary: 'Mark all as read' },
      rest: { example: notificationExamples.markAllRead },
    })
    .input(NoInput)
    .output(MarkAllReadResult)
    .mutation(({ ctx }) => ctx.services.notifications.markAllRead(ctx)),

  markRead: userProcedure
    .meta({
      openapi: { method: 'PUT', path: '/notifications/{notification_id}/read', tags, summary: 'Mark one as read' },
      rest: { example: notificationExamples.markRead, problems: problems('NOTIFICATION_NOT_FOUND') },
    })
    .input(NotificationIdInput)
    .output(Notification)
    .mutation(({ ctx, input }) => ctx.services.notifications.markRead(ctx, input)),

  onCreate: userProcedure
    .meta({ rest: { noRestReason: 'A subscription: it is served over the socket at /trpc.' } })
    .input(WatchNotificationsInput)
    .subscription(({ ctx, input, signal }) =>
      trackedEvents((stop) => ctx.services.notifications.watch(ctx, input, stop), signal),
    ),
});
