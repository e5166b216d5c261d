import { activityLogs } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { outcomesOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { untilWaiting } from '../testing/waiting.ts';

const world = useTestWorld();
const Change = z.object({ before: z.string(), after: z.string() });

test('100 writers with one version: one of them writes', async () => {
  const { person, task, db } = world();
  const ann = await person();
  const { id: task_id } = await task({ by: ann });
  const write = (index: number) => ann.api.tasks.update({ task_id, title: `writer ${index}`, expected_version: 1 });
  const outcomes = await outcomesOf(Array.from({ length: 100 }, (_, index) => write(index)));
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'STALE_VERSION')).toHaveLength(99);
  expect(await ann.api.tasks.get({ task_id })).toMatchObject({ version: 2 });
  expect(await db.$count(activityLogs, eq(activityLogs.task_id, task_id))).toBe(2);
});

test('100 writers without a version: all of them write, one after the other, and the log is a chain', async () => {
  const { person, task, db } = world();
  const ann = await person();
  const { id: task_id } = await task({ by: ann, title: 'start' });
  const write = (index: number) => ann.api.tasks.update({ task_id, title: `writer ${index}` });
  const outcomes = await outcomesOf(Array.from({ length: 100 }, (_, index) => write(index)));
  expect(new Set(outcomes)).toEqual(new Set(['OK']));
  expect(await ann.api.tasks.get({ task_id })).toMatchObject({ version: 101 });
  const log = await db
    .select({ details: activityLogs.details })
    .from(activityLogs)
    .where(eq(activityLogs.task_id, task_id))
    .orderBy(activityLogs.seq);
  const changes = log.slice(1).map(({ details }) => Change.parse(details['title']));
  expect(changes).toHaveLength(100);
  for (const [index, { before }] of changes.entries()) {
    expect(before).toBe(index === 0 ? 'start' : changes[index - 1]?.after);
  }
});

test('who waited for a task has changed it later: by its time, by the log, and by what others are told', async () => {
  const { person, task, owner } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: task_id } = await task({ by: ann, assigned_to_id: bob.id });
  const { waiting, releasedAt } = await owner.begin(async (tx) => {
    await tx`select from tasks where id = ${task_id} for update`;
    // In an object: a transaction waits for a promise that it returns.
    const change = { waiting: ann.api.tasks.update({ task_id, title: 'waited' }) };
    await untilWaiting(owner);
    return { ...change, releasedAt: Date.now() };
  });
  const { updated_at } = await waiting;
  const [told] = (await bob.api.notifications.list({})).items;
  const [logged] = (await ann.api.activity.byTask({ task_id })).items;
  expect(told?.type).toBe('task_updated');
  expect(logged?.action).toBe('task.updated');
  for (const time of [updated_at, told?.created_at, logged?.created_at]) {
    expect(Date.parse(time ?? '')).toBeGreaterThanOrEqual(releasedAt);
  }
});

test('edits of one comment with one version: one writes; a deletion among them ends it', async () => {
  const { person, task, comment } = world();
  const ann = await person();
  const on = await task({ by: ann });
  const { id: comment_id } = await comment({ by: ann, on });
  const edit = (index: number) =>
    ann.api.comments.update({ task_id: on.id, comment_id, content: `edit ${index}`, expected_version: 1 });
  const outcomes = await outcomesOf(Array.from({ length: 20 }, (_, index) => edit(index)));
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
  const removals = Array.from({ length: 5 }, () => ann.api.comments.delete({ task_id: on.id, comment_id }));
  expect(await outcomesOf(removals)).toEqual([...Array.from({ length: 4 }, () => 'COMMENT_NOT_FOUND'), 'OK']);
});
