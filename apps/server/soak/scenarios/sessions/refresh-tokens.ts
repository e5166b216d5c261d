import { createHash, randomBytes } from 'node:crypto';
import { TokenPair } from '@taskmaster/core/contracts';
import type { Sql } from 'postgres';
import { call } from '../../system/api.ts';
import { refresh } from '../../load/sessions.ts';
import type { Person } from '../../system/people.ts';

/** A refresh that has to succeed. */
export async function rotate(url: string, refresh_token: string): Promise<TokenPair> {
  const { status, body } = await refresh(url, refresh_token);
  if (status !== 200) throw new Error(`a refresh was answered with ${status}`);
  return TokenPair.parse(body);
}

/** A first refresh token for the session of each person, as a login would have given it. */
export async function giveRefreshTokens(sql: Sql, people: readonly Person[]): Promise<string[]> {
  const tokens = people.map(() => randomBytes(32).toString('base64url'));
  const hashes = tokens.map(hashOf);
  const sessions = people.map(({ session_id }) => session_id);
  await sql`
    insert into refresh_tokens (hash, session_id, expires_at)
    select hash, session, now() + interval '1 day' from unnest(${hashes}::text[], ${sessions}::uuid[]) as new (hash, session)`;
  return tokens;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** What the clock would do: the window of a spent token is over. */
export async function endWindow(sql: Sql, refresh_token: string): Promise<void> {
  await sql`
    update refresh_tokens set rotated_at = rotated_at - interval '11 seconds' where hash = ${hashOf(refresh_token)}`;
}

/** How many of these tokens somebody could still do something with. */
export async function countLiving(url: string, pairs: readonly TokenPair[]): Promise<number> {
  let living = 0;
  for (const { access_token, refresh_token } of pairs) {
    if ((await call(url, { token: access_token }, 'GET', '/users/me')).status !== 401) living++;
    if ((await refresh(url, refresh_token)).status !== 401) living++;
  }
  return living;
}
