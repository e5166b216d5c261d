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
  { operation: 'sessions.list', kind: 'query', subjects: forEverybody() },
  {
    operation: 'sessions.end',
    kind: 'mutation',
    subjects: {
      themselves: { input: (_, asker) => ({ session_id: asker }), may: everybody },
      others: {
        input: ({ bystander_id }) => ({ session_id: bystander_id }),
        may: [],
        otherwise: 'SESSION_NOT_FOUND',
      },
      absent: { input: ({ absent_id }) => ({ session_id: absent_id }), may: [], otherwise: 'SESSION_NOT_FOUND' },
    },
  },
  { operation: 'sessions.endAll', kind: 'mutation', subjects: forEverybody() },
];
