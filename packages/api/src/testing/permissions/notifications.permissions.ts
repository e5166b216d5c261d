import type { PermissionRow } from './model.ts';
import { forEverybody } from './rules.ts';

export const notificationsPermissions: readonly PermissionRow[] = [
  { operation: 'notifications.list', kind: 'query', subjects: forEverybody() },
  { operation: 'notifications.markAllRead', kind: 'mutation', subjects: forEverybody() },
  {
    operation: 'notifications.markRead',
    kind: 'mutation',
    subjects: {
      own: {
        input: ({ notification_id }) => ({ notification_id }),
        may: ['assignee'],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
      left_behind: {
        input: ({ left_behind_notification_id }) => ({ notification_id: left_behind_notification_id }),
        may: [],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
      absent: {
        input: ({ absent_id }) => ({ notification_id: absent_id }),
        may: [],
        otherwise: 'NOTIFICATION_NOT_FOUND',
      },
    },
  },
];
