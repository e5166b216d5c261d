import type { User } from '@taskmaster/core/contracts';
import { exampleIds, examplePage, examplePaging, exampleTimes } from '../shared/examples.ts';

export const exampleUser = {
  id: exampleIds.ann,
  email: 'ann@example.com',
  username: 'ann',
  full_name: 'Ann Example',
  role: 'user',
  is_active: true,
  ...exampleTimes,
} as const satisfies User;

const bob = {
  ...exampleUser,
  id: exampleIds.bob,
  email: 'bob@example.com',
  username: 'bob',
  full_name: 'Bob Example',
} as const satisfies User;

export const userExamples = {
  me: { output: exampleUser },
  updateMe: { input: { full_name: 'Ann Example', email: 'ann@example.com' }, output: exampleUser },
  changePassword: { input: { current_password: 'correct-horse-battery', new_password: 'incorrect-pony-charger' } },
  list: { input: examplePaging, output: examplePage(exampleUser) },
  get: { input: { user_id: exampleIds.bob }, output: bob },
  update: { input: { user_id: exampleIds.bob, role: 'admin' }, output: { ...bob, role: 'admin' } },
  deactivate: { input: { user_id: exampleIds.bob } },
};
