import { TransactionRollbackError, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { unassignInTeam } from '../tasks/unassign-in-team.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

/** Bob has made, has got and has been told of things in a team, and has own things outside. */
async function scene() {
  const { person, team, task, comment } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const assigned = await task({ by: ann, team_id, assigned_to_id: bob.id });
  const made = await task({ by: bob, team_id });
  const own = await task({ by: bob, assigned_to_id: bob.id });
  const written = await comment({ by: bob, on: assigned });
  await comment({ by: ann, on: made });
  return { ann, bob, team_id, assigned, made, own, written };
}

test('who leaves is unassigned there and nowhere else, with a row for each task', async () => {
  const { ann, bob, team_id, assigned, made, own } = await scene();
  const effects = await world().effectsOf(() => bob.api.teams.removeMember({ team_id, user_id: bob.id }));
  expect(effects.outcome).toBe('OK');
  expect(effects.activity).toMatchObject([
    {
      action: 'task.unassigned',
      actor_id: bob.id,
      task_id: assigned.id,
      team_id,
      details: { assigned_to_id: { before: bob.id, after: null } },
    },
    { action: 'team.member_removed', actor_id: bob.id, details: { user_id: bob.id, role: 'member' } },
  ]);
  expect(effects.told, 'who does it is not told').toEqual([]);
  expect(await ann.api.tasks.get({ task_id: assigned.id })).toMatchObject({ assigned_to_id: null, version: 2 });
  expect(await ann.api.tasks.get({ task_id: made.id })).toMatchObject({ created_by_id: bob.id, version: 1 });
  expect(await bob.api.tasks.get({ task_id: own.id })).toEqual(own);
});

test('who leaves more tasks than one statement has parameters for their rows is unassigned all the same', async () => {
  const { db } = world();
  const { bob, team_id } = await scene();
  const undone = db.transaction(async (tx) => {
    await tx.execute(sql`insert into tasks (id, title, team_id, created_by_id, assigned_to_id)
      select gen_random_uuid(), 'Task', ${team_id}, ${bob.id}, ${bob.id} from generate_series(1, 7500)`);
    const actor = { id: bob.id, role: 'user', session_id: bob.session_id } as const;
    await unassignInTeam(tx, { request_id: 'test', ip_address: null, user_agent: null, actor }, team_id, bob.id);
    const { count } = await tx.execute(
      sql`select from activity_logs where team_id = ${team_id} and action = 'task.unassigned'`,
    );
    expect(count).toBe(7501);
    // To link so many rows at the commit would take its time.
    tx.rollback();
  });
  await expect(undone).rejects.toThrow(TransactionRollbackError);
});

test('what was seen there is out of sight at once, on every operation; what is their own stays', async () => {
  const { ann, bob, team_id, assigned, made, own, written } = await scene();
  await ann.api.teams.removeMember({ team_id, user_id: bob.id });
  const { api } = bob;
  for (const { id: task_id } of [assigned, made]) {
    const outcomes = await Promise.all(
      [
        api.tasks.get({ task_id }),
        api.tasks.update({ task_id, title: 'x' }),
        api.tasks.patch({ task_id, status: 'done' }),
        api.tasks.archive({ task_id }),
        api.tasks.assign({ task_id, assigned_to_id: bob.id }),
        api.comments.list({ task_id }),
        api.comments.create({ task_id, content: 'x' }),
        api.comments.update({ task_id, comment_id: written.id, content: 'x' }),
        api.comments.delete({ task_id, comment_id: written.id }),
        api.attachments.list({ task_id }),
        api.activity.byTask({ task_id }),
      ].map(outcomeOf),
    );
    expect(new Set(outcomes)).toEqual(new Set(['TASK_NOT_FOUND']));
  }
  expect(await outcomeOf(api.tasks.listByTeam({ team_id }))).toBe('TEAM_NOT_FOUND');
  expect(await outcomeOf(api.teams.get({ team_id }))).toBe('TEAM_NOT_FOUND');
  expect(await api.teams.list({})).toMatchObject({ total: 0 });
  expect((await api.tasks.list({})).items).toEqual([own]);
  expect(await api.tasks.list({ search: 'task' })).toMatchObject({ total: 1 });
  expect((await api.activity.mine({ size: 100 })).items.map(({ task_id }) => task_id)).toEqual([own.id]);
  expect((await api.notifications.list({})).items.map(({ type }) => type)).toEqual(['team_removed', 'team_added']);
});

test('a stored notice about a task of the team can be marked as read neither', async () => {
  const { ann, bob, team_id } = await scene();
  const { items } = await bob.api.notifications.list({});
  const about = items.find(({ type }) => type === 'task_assigned');
  await ann.api.teams.removeMember({ team_id, user_id: bob.id });
  expect(await outcomeOf(bob.api.notifications.markRead({ notification_id: about?.id ?? '' }))).toBe(
    'NOTIFICATION_NOT_FOUND',
  );
});

test('who comes back sees again what is there, and is assigned nothing', async () => {
  const { ann, bob, team_id, made, assigned } = await scene();
  await bob.api.teams.removeMember({ team_id, user_id: bob.id });
  await ann.api.teams.addMember({ team_id, user_id: bob.id });
  expect(await outcomeOf(bob.api.tasks.update({ task_id: made.id, title: 'mine again' }))).toBe('OK');
  expect(await outcomeOf(bob.api.tasks.update({ task_id: assigned.id, status: 'done' }))).toBe('FORBIDDEN');
});
