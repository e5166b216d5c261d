import { z } from 'zod';

/**
 * Everything that was missed has been told: from here on events come as they happen. No change by itself; its id is a
 * position like that of any event, so a subscription that is cut before its first event can be resumed, too.
 */
export const LiveEvent = z.strictObject({ type: z.literal('live') }).meta({ id: 'LiveEvent' });
export type LiveEvent = z.infer<typeof LiveEvent>;
