import type { TokenPair } from '@taskmaster/core/contracts';
import { exampleUser } from '../users/users.examples.ts';

const refresh_token = 'kq3xw0nYJ8mT5vQbR2dLsA7uHfZc1EoPg9iKx4MtVyB';

const tokens: TokenPair = {
  access_token:
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTk5N2QzZSJ9.b0sXkQ3n1m8Zy5wJ2rT7vLd4cHf6gUaE9pKiNqYxMtA',
  refresh_token,
  token_type: 'bearer',
  expires_in: 900,
};

export const authExamples = {
  register: {
    input: {
      email: 'ann@example.com',
      username: 'ann',
      password: 'correct-horse-battery',
      full_name: 'Ann Example',
    },
    output: { ...exampleUser, updated_at: exampleUser.created_at },
  },
  login: { input: { email: 'ann@example.com', password: 'correct-horse-battery' }, output: tokens },
  refresh: { input: { refresh_token }, output: tokens },
  logout: { input: { refresh_token } },
};
