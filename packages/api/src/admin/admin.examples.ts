import type { AdminStats } from '@taskmaster/core/contracts';
import { examplePage, examplePaging } from '../shared/examples.ts';
import { exampleTask } from '../tasks/tasks.examples.ts';
import { exampleUser } from '../users/users.examples.ts';

const stats: AdminStats = {
  users: { total: 42, active: 40, inactive: 2, admins: 2 },
  teams: { total: 6, members: 31 },
  tasks: {
    total: 1280,
    archived: 310,
    overdue: 17,
    by_status: { todo: 402, in_progress: 145, in_review: 38, done: 660, cancelled: 35 },
    by_priority: { low: 210, medium: 730, high: 270, urgent: 70 },
    per_day: { '2026-11-21': { created: 14, completed: 11 }, '2026-11-22': { created: 9, completed: 16 } },
  },
  notifications: { total: 5120, unread: 388 },
  storage: { attachments: 214, used_bytes: 73_400_320 },
};

export const adminExamples = {
  stats: { output: stats },
  users: { input: examplePaging, output: examplePage(exampleUser) },
  tasks: { input: { status: ['todo'], ...examplePaging }, output: examplePage(exampleTask) },
};
