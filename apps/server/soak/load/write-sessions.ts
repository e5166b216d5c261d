import { TokenPair } from '@taskmaster/core/contracts';
import { z } from 'zod';
import type { System } from '../system/system.ts';
import type { Journal } from './journal.ts';
import { below } from '../random.ts';
import { login, logout, refresh, register } from './sessions.ts';

const Claims = z.object({ sid: z.string() });

/** The address of somebody who will log in, as people do. */
export async function registerSomebody({ servers: [server] }: Pick<System, 'servers'>): Promise<string> {
  const { email } = await register(server?.url ?? '', `login${below(1e9)}`);
  return email;
}

/** Logs in, refreshes or logs out. False: it was refused. Rejects where there was no answer. */
export async function writeSession(system: System, journal: Journal, email: string): Promise<boolean> {
  const { url } = system.anyServer();
  const [known] = journal.sessions;
  if (!known || journal.sessions.size < 5) {
    const answer = await login(url, email);
    if (answer.status !== 200) return false;
    const tokens = TokenPair.parse(answer.body);
    journal.sessions.set(sessionOf(tokens.access_token), tokens);
    return true;
  }
  const [id, tokens] = known;
  if (below(2) === 0) {
    const answer = await refresh(url, tokens.refresh_token);
    if (answer.status !== 200) return false;
    journal.sessions.set(id, TokenPair.parse(answer.body));
    return true;
  }
  const answer = await logout(url, tokens.refresh_token);
  if (answer.status !== 204) return false;
  journal.sessions.delete(id);
  journal.ended.push(tokens);
  return true;
}

function sessionOf(access_token: string): string {
  const payload = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return Claims.parse(JSON.parse(payload)).sid;
}
