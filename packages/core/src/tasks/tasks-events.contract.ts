import { z } from 'zod';
import { taskActions } from '../activity/activity.model.ts';
import { Id, Timestamp } from '../shared/fields.ts';
import { LiveEvent } from '../shared/live.contract.ts';
import { ResyncEvent } from '../shared/resync.contract.ts';
import { Task } from './tasks.contract.ts';

export const TaskEvent = z.union([
  z.strictObject({
    type: z.literal('task'),
    action: z.enum(taskActions),
    task_id: Id,
    team_id: Id.nullable(),
    actor_id: Id.nullable(),
    /** As it is now; null when it left the caller's view. */
    task: Task.nullable(),
    at: Timestamp,
  }),
  ResyncEvent,
  LiveEvent,
]);
export type TaskEvent = z.infer<typeof TaskEvent>;

/** tRPC adds `lastEventId` to the input of a subscription that resumes. */
export const WatchTasksInput = z
  .strictObject({ team_id: Id.optional(), lastEventId: z.string().max(512).nullish() })
  .optional();
export type WatchTasksInput = z.infer<typeof WatchTasksInput>;
