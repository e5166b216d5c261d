import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { RotatedKey } from '../shared/rotated-key.ts';

export interface RefreshTokens {
  create: () => string;
  /**
   * The one successor of a token. Derived, not drawn: racing refreshes of one token are answered with the same
   * successor though only its hash is stored, and nobody without the key can compute it from a stolen token.
   */
  succeed: (token: string) => string;
  /** The successor that a token was given before, by its hash. Undefined where a key made it that is gone. */
  successorOf: (token: string, successorHash: string) => string | undefined;
  /** The form in which a token is stored. */
  hash: (token: string) => string;
}

const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const derive = (key: string, token: string) => createHmac('sha256', key).update(token).digest('base64url');

export function createRefreshTokens({ secretKey, previousSecretKey }: RotatedKey): RefreshTokens {
  const keys = previousSecretKey === undefined ? [secretKey] : [secretKey, previousSecretKey];
  return {
    create: () => randomBytes(32).toString('base64url'),
    succeed: (token) => derive(secretKey, token),
    successorOf: (token, successorHash) =>
      keys.map((key) => derive(key, token)).find((successor) => hash(successor) === successorHash),
    hash,
  };
}
