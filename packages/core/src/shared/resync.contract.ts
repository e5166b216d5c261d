import { z } from 'zod';

/**
 * Read the lists again, then go on from here: the position that was given cannot be honoured, or the reader sees other
 * tasks than before (a membership has begun or ended, a team is gone, the role has changed).
 */
export const ResyncEvent = z.strictObject({ type: z.literal('resync') }).meta({ id: 'ResyncEvent' });
export type ResyncEvent = z.infer<typeof ResyncEvent>;
