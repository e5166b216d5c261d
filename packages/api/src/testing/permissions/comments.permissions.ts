import type { PermissionRow } from './model.ts';
import { partChangers, seers } from './task-rules.ts';

export const commentsPermissions: readonly PermissionRow[] = [
  { operation: 'comments.list', kind: 'query', subjects: seers() },
  { operation: 'comments.create', kind: 'mutation', subjects: seers({ content: 'hello' }) },
  { operation: 'comments.update', kind: 'mutation', subjects: partChangers('comment', { content: 'edited' }) },
  { operation: 'comments.delete', kind: 'mutation', subjects: partChangers('comment') },
];
