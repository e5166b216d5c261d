import { z } from 'zod';
import { TaskPriority, TaskStatus } from '../tasks/tasks.contract.ts';

const Count = z.int().min(0);
const Day = z.strictObject({ created: Count, completed: Count });

export const AdminStats = z
  .strictObject({
    users: z.strictObject({ total: Count, active: Count, inactive: Count, admins: Count }),
    teams: z.strictObject({ total: Count, members: Count }),
    tasks: z.strictObject({
      total: Count,
      archived: Count,
      overdue: Count.meta({ description: 'Open, not archived, and due before now.' }),
      by_status: z.record(TaskStatus, Count),
      by_priority: z.record(TaskPriority, Count),
      per_day: z.record(z.iso.date(), Day).meta({ description: 'By day in UTC: the last 30, today included.' }),
    }),
    notifications: z.strictObject({ total: Count, unread: Count }),
    storage: z.strictObject({ attachments: Count, used_bytes: Count }),
  })
  .meta({ id: 'AdminStats' });
export type AdminStats = z.infer<typeof AdminStats>;
