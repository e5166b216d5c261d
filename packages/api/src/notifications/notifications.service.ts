import type { NotificationsService } from '../services.ts';
import { found } from '../shared/authorize.ts';
import type { Deps } from '../shared/deps.ts';
import { toPage } from '../shared/page.ts';
import { presentNotification } from './notifications.presenter.ts';
import * as repository from './notifications.repository.ts';

/** What somebody has read is their own affair: that it is marked as read leaves no row in the activity log. */
export function createNotificationsService({ db, hub }: Deps): NotificationsService {
  return {
    async list({ actor }, query) {
      const { items, counted } = await repository.listOf(db, actor, query);
      return toPage(items.map(presentNotification), counted, query);
    },
    async markRead({ actor }, { notification_id }) {
      return presentNotification(
        found(await repository.markRead(db, actor, notification_id), 'NOTIFICATION_NOT_FOUND'),
      );
    },
    markAllRead: async ({ actor }) => ({ updated: await repository.markAllRead(db, actor) }),
    watch: async (ctx, input, signal) => hub.watchNotifications(ctx, input, signal),
  };
}
