import type { PermissionRow } from './model.ts';
import { forAdmins } from './rules.ts';

export const adminPermissions: readonly PermissionRow[] = [
  { operation: 'admin.stats', kind: 'query', subjects: forAdmins() },
  { operation: 'admin.users', kind: 'query', subjects: forAdmins() },
  { operation: 'admin.tasks', kind: 'query', subjects: forAdmins() },
];
