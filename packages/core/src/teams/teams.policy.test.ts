import { expect, test } from 'vitest';
import type { Actor } from '../shared/actor.ts';
import type { TeamFacts } from './teams.policy.ts';
import {
  canAddMember,
  canChangeMemberRole,
  canChangeTeam,
  canPutTaskInTeam,
  canRemoveMember,
  canSeeTeam,
} from './teams.policy.ts';

const actor = (id: string, role: Actor['role'] = 'user'): Actor => ({ id, role, session_id: 'session' });
const team = (actor_role: TeamFacts['actor_role']): TeamFacts => ({ owner_id: 'owner', actor_role });

const everybody: Record<string, [Actor, TeamFacts]> = {
  stranger: [actor('stranger'), team(null)],
  member: [actor('somebody'), team('member')],
  manager: [actor('somebody'), team('manager')],
  owner: [actor('owner'), team('manager')],
  admin: [actor('somebody', 'admin'), team(null)],
  'admin as a member': [actor('somebody', 'admin'), team('member')],
};

const other = { user_id: 'other' };
const rules: Record<string, (who: Actor, facts: TeamFacts) => boolean> = {
  see: canSeeTeam,
  put_task: canPutTaskInTeam,
  leave: (who, facts) => canRemoveMember(who, facts, { user_id: who.id, role: 'member' }),
  add_member: (who, facts) => canAddMember(who, facts, 'member'),
  remove_member: (who, facts) => canRemoveMember(who, facts, { ...other, role: 'member' }),
  add_manager: (who, facts) => canAddMember(who, facts, 'manager'),
  remove_manager: (who, facts) => canRemoveMember(who, facts, { ...other, role: 'manager' }),
  change_role: canChangeMemberRole,
  change: canChangeTeam,
};

test('who may do what in a team', () => {
  const rows = Object.entries(everybody).map(([name, [who, facts]]) => {
    const allowed = Object.entries(rules).flatMap(([rule, may]) => (may(who, facts) ? [rule] : []));
    return `${name}: ${allowed.join(' ')}`;
  });
  // That a stranger may leave: there is no member row to remove, and before that no such team for them.
  expect(rows).toEqual([
    'stranger: leave',
    'member: see put_task leave',
    'manager: see put_task leave add_member remove_member',
    'owner: see put_task leave add_member remove_member add_manager remove_manager change_role change',
    'admin: see put_task leave add_member remove_member add_manager remove_manager change_role change',
    'admin as a member: see put_task leave add_member remove_member add_manager remove_manager change_role change',
  ]);
});
