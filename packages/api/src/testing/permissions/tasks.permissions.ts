import { admin, everybody, teamAndAdmin } from './actor-groups.ts';
import type { PermissionRow } from './model.ts';
import { forEverybody } from './rules.ts';
import { seers, taskChangers } from './task-rules.ts';
import { onTeam } from './team-rules.ts';

export const tasksPermissions: readonly PermissionRow[] = [
  {
    operation: 'tasks.create',
    kind: 'mutation',
    subjects: {
      personal: { input: () => ({ title: 'mine' }), may: everybody },
      own: {
        input: ({ team_id }) => ({ title: 'ours', team_id }),
        may: teamAndAdmin,
        otherwise: 'VALIDATION_FAILED',
      },
      others: {
        input: ({ foreign_team_id }) => ({ title: 'theirs', team_id: foreign_team_id }),
        may: admin,
        otherwise: 'VALIDATION_FAILED',
      },
      absent: {
        input: ({ absent_id }) => ({ title: 'nobody’s', team_id: absent_id }),
        may: [],
        otherwise: 'VALIDATION_FAILED',
      },
    },
  },
  { operation: 'tasks.list', kind: 'query', subjects: forEverybody() },
  { operation: 'tasks.listByTeam', kind: 'query', subjects: onTeam(teamAndAdmin) },
  { operation: 'tasks.get', kind: 'query', subjects: seers() },
  { operation: 'tasks.update', kind: 'mutation', subjects: taskChangers({ title: 'renamed' }) },
  { operation: 'tasks.patch', kind: 'mutation', subjects: taskChangers({ status: 'in_review' }, true) },
  { operation: 'tasks.archive', kind: 'mutation', subjects: taskChangers({}) },
  { operation: 'tasks.assign', kind: 'mutation', subjects: taskChangers({ assigned_to_id: null }) },
];
