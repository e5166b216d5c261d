import type { PermissionRow } from './model.ts';
import { partChangers, seers } from './task-rules.ts';

export const attachmentsPermissions: readonly PermissionRow[] = [
  { operation: 'attachments.list', kind: 'query', subjects: seers() },
  { operation: 'attachments.delete', kind: 'mutation', subjects: partChangers('attachment') },
];
