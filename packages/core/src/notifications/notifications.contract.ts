import { z } from 'zod';
import { Id, Timestamp } from '../shared/fields.ts';
import { ListInput, pageOf } from '../shared/page.contract.ts';
import { notificationTypes } from './notifications.model.ts';

export const Notification = z
  .strictObject({
    id: Id,
    user_id: Id,
    type: z
      .enum(notificationTypes)
      .meta({ description: 'Later versions may add values: ignore what you do not know.' }),
    title: z.string().meta({ example: 'You were assigned “Ship it”' }),
    body: z.string().nullable(),
    task_id: Id.nullable(),
    team_id: Id.nullable(),
    is_read: z.boolean(),
    read_at: Timestamp.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof Notification>;

export const NotificationPage = pageOf(Notification, 'NotificationPage');

export const ListNotificationsInput = ListInput;
export type ListNotificationsInput = z.infer<typeof ListNotificationsInput>;

export const NotificationIdInput = z.strictObject({ notification_id: Id });
export type NotificationIdInput = z.infer<typeof NotificationIdInput>;

export const MarkAllReadResult = z
  .strictObject({ updated: z.int().meta({ description: 'How many were unread.' }) })
  .meta({ id: 'MarkAllReadResult' });
export type MarkAllReadResult = z.infer<typeof MarkAllReadResult>;
