import type { PermissionRow } from './model.ts';
import { partChangers, partSeers, seers } from './task-rules.ts';

export const attachmentsPermissions: readonly PermissionRow[] = [
  { operation: 'attachments.list', kind: 'query', subjects: seers() },
  { operation: 'attachments.upload', kind: 'upload', subjects: seers() },
  { operation: 'attachments.download', kind: 'download', subjects: partSeers('attachment') },
  { operation: 'attachments.delete', kind: 'mutation', subjects: partChangers('attachment') },
];
