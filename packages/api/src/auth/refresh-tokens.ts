import { createHash, createHmac, randomBytes } from 'node:crypto';

export interface RefreshTokens {
  readonly lifetimeSeconds: number;
  create: () => string;
  /**
   * The one successor of a token. Derived, not drawn: racing refreshes of one token are answered with the same
   * successor though only its hash is stored, and nobody without the key can compute it from a stolen token.
   */
  succeed: (token: string) => string;
  /** The form in which a token is stored. */
  hash: (token: string) => string;
}

export function createRefreshTokens(options: { secretKey: string; lifetimeSeconds: number }): RefreshTokens {
  return {
    lifetimeSeconds: options.lifetimeSeconds,
    create: () => randomBytes(32).toString('base64url'),
    succeed: (token) => createHmac('sha256', options.secretKey).update(token).digest('base64url'),
    hash: (token) => createHash('sha256').update(token).digest('hex'),
  };
}
