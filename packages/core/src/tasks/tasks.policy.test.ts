import { expect, test } from 'vitest';
import type { Actor } from '../shared/actor.ts';
import type { TaskFacts } from './tasks.policy.ts';
import { canChangeTask, canSeeTask, canUpdateTask, isInSphere } from './tasks.policy.ts';

const actor = (id: string, role: Actor['role'] = 'user'): Actor => ({ id, role, session_id: 'session' });
const facts = (team_id: string | null, actor_team_role: TaskFacts['actor_team_role']): TaskFacts => ({
  created_by_id: 'creator',
  assigned_to_id: 'assignee',
  team_id,
  actor_team_role,
});

const rules = {
  sphere: isInSphere,
  see: canSeeTask,
  status: (who: Actor, task: TaskFacts) => canUpdateTask(who, task, ['status']),
  title: (who: Actor, task: TaskFacts) => canUpdateTask(who, task, ['status', 'title']),
  change: canChangeTask,
};

/** Who may do what to a task, as a table: what stands in a row is allowed. */
function tableOf(rows: Record<string, [Actor, TaskFacts]>) {
  const line = ([name, [who, task]]: [string, [Actor, TaskFacts]]) => {
    const allowed = Object.entries(rules).flatMap(([rule, may]) => (may(who, task) ? [rule] : []));
    return `${name.padEnd(24)} ${allowed.join(' ')}`.trim();
  };
  return Object.entries(rows).map(line);
}

test("a team's task", () => {
  expect(
    tableOf({
      stranger: [actor('stranger'), facts('team', null)],
      member: [actor('somebody'), facts('team', 'member')],
      manager: [actor('somebody'), facts('team', 'manager')],
      creator: [actor('creator'), facts('team', 'member')],
      assignee: [actor('assignee'), facts('team', 'member')],
      'creator who left': [actor('creator'), facts('team', null)],
      'assignee who left': [actor('assignee'), facts('team', null)],
      admin: [actor('somebody', 'admin'), facts('team', null)],
      'admin in the team': [actor('somebody', 'admin'), facts('team', 'member')],
    }),
  ).toEqual([
    'stranger',
    'member                   sphere see',
    'manager                  sphere see status title change',
    'creator                  sphere see status title change',
    'assignee                 sphere see status',
    'creator who left',
    'assignee who left',
    'admin                    see status title change',
    'admin in the team        sphere see status title change',
  ]);
});

test('a task without a team', () => {
  expect(
    tableOf({
      stranger: [actor('stranger'), facts(null, null)],
      creator: [actor('creator'), facts(null, null)],
      assignee: [actor('assignee'), facts(null, null)],
      admin: [actor('somebody', 'admin'), facts(null, null)],
    }),
  ).toEqual([
    'stranger',
    'creator                  sphere see status title change',
    'assignee                 sphere see status',
    'admin                    see status title change',
  ]);
});

test('of every combination of facts: whoever may change it may see it, and nobody sees more than the sphere but admins', () => {
  const people = ['creator', 'assignee', 'stranger'];
  const worlds = people.flatMap((id) =>
    (['user', 'admin'] as const).flatMap((role) =>
      ([null, 'team'] as const).flatMap((team_id) =>
        ([null, 'member', 'manager'] as const).map(
          (team_role) => [actor(id, role), facts(team_id, team_role)] as const,
        ),
      ),
    ),
  );
  expect(worlds).toHaveLength(36);
  const broken = worlds.filter(([who, task]) => {
    const isOrdered = !canChangeTask(who, task) || (canUpdateTask(who, task, ['status']) && canSeeTask(who, task));
    return !isOrdered || canSeeTask(who, task) !== (isInSphere(who, task) || who.role === 'admin');
  });
  expect(broken).toEqual([]);
});

test('a change of nothing is a change for those who may change the status', () => {
  expect(canUpdateTask(actor('assignee'), facts('team', 'member'), [])).toBe(true);
  expect(canUpdateTask(actor('somebody'), facts('team', 'member'), [])).toBe(false);
});
