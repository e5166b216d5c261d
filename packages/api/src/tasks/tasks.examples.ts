import type { Task } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

export const exampleTask = {
  id: exampleIds.task,
  title: 'Ship it',
  description: 'Before the holidays.',
  status: 'in_progress',
  priority: 'high',
  tags: ['backend', 'urgent'],
  due_date: '2026-12-01T12:00:00.000Z',
  is_archived: false,
  created_by_id: exampleIds.ann,
  assigned_to_id: exampleIds.bob,
  team_id: exampleIds.team,
  ...exampleTimes,
  version: 3,
} satisfies Task;

const { id: task_id, title, description, priority, tags, team_id } = exampleTask;

export const taskExamples = {
  create: {
    input: { title, description, priority, tags, due_date: '2026-12-01T12:00:00Z', team_id },
    output: {
      ...exampleTask,
      status: 'todo',
      assigned_to_id: null,
      updated_at: exampleTask.created_at,
      version: 1,
    },
  },
  list: {
    input: { status: ['todo', 'in_progress'], search: 'ship', ...examplePaging },
    output: examplePage(exampleTask),
  },
  listByTeam: { input: { team_id, priority: ['high', 'urgent'], ...examplePaging }, output: examplePage(exampleTask) },
  get: { input: { task_id }, output: exampleTask },
  update: { input: { task_id, status: 'in_progress', due_date: '2026-12-01T12:00:00Z' }, output: exampleTask },
  patch: { input: { task_id, status: 'in_progress' }, output: exampleTask },
  archive: { input: { task_id } },
  assign: { input: { task_id, assigned_to_id: exampleIds.bob }, output: exampleTask },
};
