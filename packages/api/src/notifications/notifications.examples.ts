import type { Notification } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const notification = {
  id: exampleIds.notification,
  user_id: exampleIds.bob,
  type: 'task_assigned',
  title: 'You were assigned “Ship it”',
  body: null,
  task_id: exampleIds.task,
  team_id: exampleIds.team,
  is_read: false,
  read_at: null,
  created_at: exampleTimes.created_at,
} as const satisfies Notification;

export const notificationExamples = {
  list: { input: examplePaging, output: examplePage(notification) },
  markAllRead: { output: { updated: 3 } },
  markRead: {
    input: { notification_id: notification.id },
    output: { ...notification, is_read: true, read_at: exampleTimes.updated_at },
  },
};
