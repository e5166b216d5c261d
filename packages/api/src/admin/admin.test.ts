import { attachments, tasks } from '@taskmaster/core/tables';
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { createTestWorld } from '../testing/test-world.ts';

test('the figures of an empty system are zeros, with thirty days and every status and priority', async () => {
  await using world = await createTestWorld();
  const root = await world.admin();
  const stats = await root.api.admin.stats();
  expect(stats).toMatchObject({
    users: { total: 1, active: 1, inactive: 0, admins: 1 },
    teams: { total: 0, members: 0 },
    tasks: {
      total: 0,
      archived: 0,
      overdue: 0,
      by_status: { todo: 0, in_progress: 0, in_review: 0, done: 0, cancelled: 0 },
      by_priority: { low: 0, medium: 0, high: 0, urgent: 0 },
    },
    notifications: { total: 0, unread: 0 },
    storage: { attachments: 0, used_bytes: 0 },
  });
  const days = Object.keys(stats.tasks.per_day);
  expect(days).toHaveLength(30);
  expect(days).toEqual(days.toSorted());
  expect(days.at(-1)).toBe(new Date().toISOString().slice(0, 10));
});

test('the figures count what is there', async () => {
  await using world = await createTestWorld();
  const [root, ann, bob] = [await world.admin(), await world.person(), await world.person()];
  await world.person({ is_active: false });
  await world.person({ is_active: false, role: 'admin' });
  const { id: team_id } = await world.team({ owner: ann, members: [bob] });
  const past = '2020-01-01T00:00:00Z';
  const future = '2999-01-01T00:00:00Z';
  await world.task({ by: ann, team_id, assigned_to_id: bob.id, due_date: past, priority: 'urgent' });
  await world.task({ by: ann, due_date: past, status: 'done' });
  await world.task({ by: ann, due_date: past, status: 'cancelled' });
  const archived = await world.task({ by: ann, due_date: past });
  await ann.api.tasks.archive({ task_id: archived.id });
  const old = await world.task({ by: ann, due_date: future, status: 'in_review', priority: 'low' });
  await world.db
    .update(tasks)
    .set({ created_at: sql`now() - interval '10 days'` })
    .where(eq(tasks.id, old.id));
  for (const size_bytes of [5_000_000_000, 7]) {
    const id = uuidv7();
    const row = { id, task_id: old.id, uploader_id: ann.id, filename: 'f', content_type: 'x', size_bytes };
    await world.db.insert(attachments).values({ ...row, sha256: 'x', storage_key: id });
  }
  await bob.api.notifications.markRead({
    notification_id: (await bob.api.notifications.list({})).items[0]?.id ?? '',
  });
  const stats = await root.api.admin.stats();
  expect(stats).toMatchObject({
    users: { total: 5, active: 3, inactive: 2, admins: 1 },
    teams: { total: 1, members: 2 },
    tasks: {
      total: 5,
      archived: 1,
      overdue: 1,
      by_status: { todo: 2, in_progress: 0, in_review: 1, done: 1, cancelled: 1 },
      by_priority: { low: 1, medium: 3, high: 0, urgent: 1 },
    },
    notifications: { total: 2, unread: 1 },
    storage: { attachments: 2, used_bytes: 5_000_000_007 },
  });
  const days = Object.values(stats.tasks.per_day);
  expect(days.at(-1)).toEqual({ created: 4, completed: 1 });
  expect(days.at(-11)).toEqual({ created: 1, completed: 0 });
  expect(days.reduce((sum, { created }) => sum + created, 0)).toBe(5);
});
