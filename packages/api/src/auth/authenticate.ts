import { AppError } from '@taskmaster/core/errors';
import type { Actor } from '@taskmaster/core/policies';
import type { Deps } from '../shared/deps.ts';
import { gatherCalls } from '../shared/gather-calls.ts';
import { inTime } from '../shared/operation-deadline.ts';
import { findActor, findActors } from './auth.repository.ts';

/** The token of an `Authorization: Bearer …` header (the scheme in any case), or undefined. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +([^ ]+) *$/i.exec(header ?? '')?.[1];
}

/** What an access token stands for right now, with the moment at which it runs out. */
export interface Authentication {
  actor: Actor;
  expires_at: Date;
}

type AuthenticationDeps = Pick<Deps, 'db' | 'accessTokens'>;
type FindActor = (session: { sub: string; sid: string }) => Promise<Actor | undefined>;

/** Throws `UNAUTHENTICATED` for a token that is missing, bad, expired, of an ended session or of an inactive user. */
export const authenticate = (deps: AuthenticationDeps, token: string | undefined): Promise<Authentication> =>
  authenticateBy(deps, (session) => findActor(deps.db, session), token);

/**
 * The same for sockets, thousands of which come at once after a restart: those that ask while one read is going on are
 * answered by the next, which begins after all of them have asked.
 */
export function authenticateTogether(deps: AuthenticationDeps): (token: string | undefined) => Promise<Authentication> {
  const find = gatherCalls((sessions: readonly Parameters<FindActor>[0][]) => inTime(findActors(deps.db, sessions)));
  return (token) => authenticateBy(deps, find, token);
}

async function authenticateBy(
  { accessTokens }: AuthenticationDeps,
  find: FindActor,
  token: string | undefined,
): Promise<Authentication> {
  const claims = token === undefined ? undefined : await accessTokens.verify(token);
  const actor = claims && (await find(claims));
  if (!claims || !actor) throw new AppError('UNAUTHENTICATED');
  return { actor, expires_at: new Date(claims.exp * 1000) };
}
