import { z } from 'zod';

/** The position that the client resumes from cannot be honoured: read the lists again, then go on from here. */
export const ResyncEvent = z.strictObject({ type: z.literal('resync') }).meta({ id: 'ResyncEvent' });
export type ResyncEvent = z.infer<typeof ResyncEvent>;
