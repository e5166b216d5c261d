import { z } from 'zod';
import { call, must } from './api.ts';
import type { Journal } from './journal.ts';
import { below } from './random.ts';
import type { System } from '../system/system.ts';

const Tokens = z.object({ access_token: z.string(), refresh_token: z.string() });
const Claims = z.object({ sid: z.string() });

const nobody = { token: '' };
const password = 'correct-horse-battery';

/** Who will log in, as people do. */
export async function registerSomebody({ servers: [server] }: Pick<System, 'servers'>): Promise<string> {
  const username = `login${below(1e9)}`;
  await must(server?.url ?? '', nobody, 'POST', '/auth/register', {
    username,
    email: `${username}@example.test`,
    password,
  });
  return username;
}

/** Logs in, refreshes or logs out. False: it was refused. Rejects where there was no answer. */
export async function writeSession(system: System, journal: Journal, username: string): Promise<boolean> {
  const { url } = system.anyServer();
  const [known] = journal.sessions;
  if (!known || journal.sessions.size < 5) {
    const answer = await call(url, nobody, 'POST', '/auth/login', { email: username, password });
    if (answer.status !== 200) return false;
    const tokens = Tokens.parse(answer.body);
    journal.sessions.set(sessionOf(tokens.access_token), tokens);
    return true;
  }
  const [id, { refresh_token, access_token }] = known;
  if (below(2) === 0) {
    const answer = await call(url, nobody, 'POST', '/auth/refresh', { refresh_token });
    if (answer.status !== 200) return false;
    journal.sessions.set(id, Tokens.parse(answer.body));
    return true;
  }
  const answer = await call(url, nobody, 'POST', '/auth/logout', { refresh_token });
  if (answer.status !== 204) return false;
  journal.sessions.delete(id);
  journal.ended.push({ access_token, refresh_token });
  return true;
}

function sessionOf(access_token: string): string {
  const payload = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return Claims.parse(JSON.parse(payload)).sid;
}
