import type { ActivityLog } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

const entry: ActivityLog = {
  id: exampleIds.activity,
  actor_id: exampleIds.ann,
  action: 'task.updated',
  entity_type: 'task',
  entity_id: exampleIds.task,
  task_id: exampleIds.task,
  team_id: exampleIds.team,
  details: { title: { before: 'Ship', after: 'Ship it' } },
  ip_address: '192.0.2.7',
  created_at: exampleTimes.updated_at,
};

export const activityExamples = {
  mine: { input: examplePaging, output: examplePage(entry) },
  byTask: { input: { task_id: exampleIds.task, ...examplePaging }, output: examplePage(entry) },
  all: { input: examplePaging, output: examplePage(entry) },
};
