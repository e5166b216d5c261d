import { admin } from './actor-groups.ts';
import type { PermissionRow, Rules } from './model.ts';
import type { More } from './rules.ts';
import { forAdmins, forEverybody, withMore } from './rules.ts';

/** A user, by id: there is one, or there is not. */
const onUser = (more: More = {}): Rules => ({
  others: {
    input: withMore(({ bystander_id }) => ({ user_id: bystander_id }), more),
    may: admin,
    otherwise: 'ADMIN_ONLY',
  },
  absent: {
    input: withMore(({ absent_id }) => ({ user_id: absent_id }), more),
    may: [],
    refused: { USER_NOT_FOUND: admin },
    otherwise: 'ADMIN_ONLY',
  },
});

const password = 'correct-horse-battery';

export const usersPermissions: readonly PermissionRow[] = [
  { operation: 'users.me', kind: 'query', subjects: forEverybody() },
  { operation: 'users.updateMe', kind: 'mutation', subjects: forEverybody(() => ({ full_name: 'another' })) },
  {
    operation: 'users.changePassword',
    kind: 'mutation',
    subjects: forEverybody(() => ({ current_password: password, new_password: 'another-horse-battery' })),
  },
  { operation: 'users.list', kind: 'query', subjects: forAdmins() },
  { operation: 'users.get', kind: 'query', subjects: onUser() },
  { operation: 'users.update', kind: 'mutation', subjects: onUser({ is_active: false }) },
  { operation: 'users.deactivate', kind: 'mutation', subjects: onUser() },
];
