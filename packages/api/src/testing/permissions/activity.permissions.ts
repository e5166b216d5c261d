import type { PermissionRow } from './model.ts';
import { forAdmins, forEverybody } from './rules.ts';
import { seers } from './task-rules.ts';

export const activityPermissions: readonly PermissionRow[] = [
  { operation: 'activity.mine', kind: 'query', subjects: forEverybody() },
  { operation: 'activity.byTask', kind: 'query', subjects: seers() },
  { operation: 'activity.all', kind: 'query', subjects: forAdmins() },
];
