import { randomBytes } from 'node:crypto';
import { TokenPair } from '@taskmaster/core/contracts';
import { z } from 'zod';
import type { RunningServer } from './running-server.ts';

export const UserFields = z.object({ id: z.string(), username: z.string(), role: z.string(), is_active: z.boolean() });

interface Person {
  username: string;
  email: string;
  password: string;
}

/** Somebody new, in no one's way. */
export const somebody = () => {
  const username = `u${randomBytes(6).toString('hex')}`;
  return { username, email: `${username}@example.test`, password: 'correct-horse-battery' };
};

/** A request to the REST surface. */
export const request = (server: Pick<RunningServer, 'url'>, method: string, path: string, body?: unknown, token = '') =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

export async function register(server: Pick<RunningServer, 'url'>, person: Person) {
  const answer = await request(server, 'POST', '/auth/register', person);
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${await answer.text()}`);
  return UserFields.parse(await answer.json());
}

/** The access token, or the status of a refusal. */
export async function logIn(server: Pick<RunningServer, 'url'>, { email, password }: Person): Promise<string | number> {
  const answer = await request(server, 'POST', '/auth/login', { email, password });
  return answer.ok ? TokenPair.parse(await answer.json()).access_token : answer.status;
}

export async function tokenOf(server: Pick<RunningServer, 'url'>, person: Person): Promise<string> {
  const token = await logIn(server, person);
  if (typeof token === 'number') throw new Error(`login: ${token}`);
  return token;
}
