import { expect, test } from 'vitest';
import { canSeeAddress } from '../activity/activity.policy.ts';
import { canDeleteAttachment } from '../attachments/attachments.policy.ts';
import { canChangeComment } from '../comments/comments.policy.ts';
import type { Actor } from './actor.ts';
import { isAdmin } from './actor.ts';

const actor = (id: string, role: Actor['role'] = 'user'): Actor => ({ id, role, session_id: 'session' });

const rules: Record<string, (who: Actor) => boolean> = {
  comment: (who) => canChangeComment(who, { author_id: 'author' }),
  attachment: (who) => canDeleteAttachment(who, { uploader_id: 'author' }),
  address: (who) => canSeeAddress(who, { actor_id: 'author' }),
  'address of nobody': (who) => canSeeAddress(who, { actor_id: null }),
  users: isAdmin,
};

test('what is made by one is changed, and its address seen, by that one and by admins; users are for admins', () => {
  const people = { author: actor('author'), other: actor('other'), admin: actor('other', 'admin') };
  const rows = Object.entries(people).map(([name, who]) => {
    const allowed = Object.entries(rules).flatMap(([rule, may]) => (may(who) ? [rule] : []));
    return `${name}: ${allowed.join(' ')}`;
  });
  expect(rows).toEqual([
    'author: comment attachment address',
    'other: ',
    'admin: comment attachment address address of nobody users',
  ]);
});
