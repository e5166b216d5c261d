import { z } from 'zod';
import { Id, Timestamp } from '../shared/fields.ts';
import { ListInput, PageQuery, pageOf } from '../shared/page.contract.ts';
import { activityActions, entityTypes } from './activity.model.ts';

export const ActivityLog = z
  .strictObject({
    id: Id,
    actor_id: Id.nullable(),
    action: z
      .enum(activityActions)
      .meta({ description: 'Later versions may add values: ignore what you do not know.' }),
    entity_type: z.enum(entityTypes),
    entity_id: Id,
    task_id: Id.nullable(),
    team_id: Id.nullable(),
    details: z.record(z.string(), z.unknown()).meta({
      description: 'What changed, before and after.',
      example: { title: { before: 'Ship', after: 'Ship it' } },
    }),
    ip_address: z.string().nullable().meta({ description: 'For the one who did it, and for admins; null for others.' }),
    created_at: Timestamp,
  })
  .meta({ id: 'ActivityLog' });
export type ActivityLog = z.infer<typeof ActivityLog>;

export const ActivityPage = pageOf(ActivityLog, 'ActivityPage');

export const ListActivityInput = ListInput;
export type ListActivityInput = z.infer<typeof ListActivityInput>;

export const ListTaskActivityInput = PageQuery.extend({ task_id: Id });
export type ListTaskActivityInput = z.infer<typeof ListTaskActivityInput>;
