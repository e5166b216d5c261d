import { z } from 'zod';
import { LiveEvent } from '../shared/live.contract.ts';
import { ResyncEvent } from '../shared/resync.contract.ts';
import { Notification } from './notifications.contract.ts';

export const NotificationEvent = z.union([
  z.strictObject({ type: z.literal('notification'), data: Notification }),
  ResyncEvent,
  LiveEvent,
]);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/** tRPC adds `lastEventId` to the input of a subscription that resumes. */
export const WatchNotificationsInput = z.strictObject({ lastEventId: z.string().max(512).nullish() }).optional();
export type WatchNotificationsInput = z.infer<typeof WatchNotificationsInput>;
