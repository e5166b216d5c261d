import { everybody } from './actor-groups.ts';
import type { PermissionRow } from './model.ts';
import { forEverybody } from './rules.ts';

const newName = (asker: string) => `name-${asker}`;
const password = 'correct-horse-battery';

export const authPermissions: readonly PermissionRow[] = [
  {
    operation: 'auth.register',
    kind: 'mutation',
    isPublic: true,
    subjects: forEverybody((_, asker) => ({
      email: `${newName(asker)}@example.com`,
      username: `new-${asker}`,
      password,
    })),
  },
  {
    operation: 'auth.login',
    kind: 'mutation',
    isPublic: true,
    subjects: forEverybody(({ bystander_email }) => ({ email: bystander_email, password })),
  },
  {
    operation: 'auth.refresh',
    kind: 'mutation',
    isPublic: true,
    subjects: {
      absent: {
        input: () => ({ refresh_token: 'nobody has it' }),
        may: [],
        otherwise: 'INVALID_REFRESH_TOKEN',
      },
    },
  },
  {
    operation: 'auth.logout',
    kind: 'mutation',
    isPublic: true,
    subjects: { absent: { input: () => ({ refresh_token: 'nobody has it' }), may: everybody } },
  },
];
