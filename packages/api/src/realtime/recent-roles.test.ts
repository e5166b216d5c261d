import { expect, test } from 'vitest';
import { createRecentRoles } from './recent-roles.ts';

test('a role that changed corrects an actor that was read before it, for a minute', () => {
  const clock = { now: 0 };
  const roles = createRecentRoles(() => clock.now);
  const actor = { id: 'ann', role: 'admin', session_id: 's' } as const;
  roles.set('ann', 'user');
  clock.now = 59_999;
  expect(roles.correct(actor)).toEqual({ ...actor, role: 'user' });
  expect(roles.correct({ ...actor, id: 'bob' }).role).toBe('admin');
  clock.now = 60_000;
  expect(roles.correct(actor)).toEqual(actor);
});
