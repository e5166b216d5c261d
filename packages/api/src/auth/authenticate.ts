import { AppError } from '@taskmaster/core/errors';
import type { Actor } from '@taskmaster/core/policies';
import type { Deps } from '../shared/deps.ts';
import { findActor } from './auth.repository.ts';

/** The token of an `Authorization: Bearer …` header (the scheme in any case), or undefined. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +([^ ]+) *$/i.exec(header ?? '')?.[1];
}

/** What an access token stands for right now, with the moment at which it runs out. */
export interface Authentication {
  actor: Actor;
  expires_at: Date;
}

/** Throws `UNAUTHENTICATED` for a token that is missing, bad, expired, of an ended session or of an inactive user. */
export async function authenticate(
  deps: Pick<Deps, 'db' | 'accessTokens'>,
  token: string | undefined,
): Promise<Authentication> {
  const claims = token === undefined ? undefined : await deps.accessTokens.verify(token);
  const actor = claims && (await findActor(deps.db, claims));
  if (!claims || !actor) throw new AppError('UNAUTHENTICATED');
  return { actor, expires_at: new Date(claims.exp * 1000) };
}
