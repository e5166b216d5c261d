import type { Answer } from '../system/api.ts';
import { call, Created, must } from '../system/api.ts';

/** Who has no token. */
export const nobody = { token: '' };
/** Of whoever registers. */
export const password = 'correct-horse-battery';

export interface Account {
  id: string;
  email: string;
}

/** Somebody who can log in: of `createPeople` nobody has a password. */
export async function register(url: string, username: string): Promise<Account> {
  const email = `${username}@example.test`;
  const body = await must(url, nobody, 'POST', '/auth/register', { username, email, password });
  return { id: Created.parse(body).id, email };
}

export const login = (url: string, email: string, given = password): Promise<Answer> =>
  call(url, nobody, 'POST', '/auth/login', { email, password: given });
export const refresh = (url: string, refresh_token: string): Promise<Answer> =>
  call(url, nobody, 'POST', '/auth/refresh', { refresh_token });
export const logout = (url: string, refresh_token: string): Promise<Answer> =>
  call(url, nobody, 'POST', '/auth/logout', { refresh_token });
