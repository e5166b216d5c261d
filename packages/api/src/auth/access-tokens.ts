import { createHmac } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RotatedKey } from '../shared/rotated-key.ts';
import { partsOf } from './token-form.ts';

export const hmacAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
export type HmacAlgorithm = (typeof hmacAlgorithms)[number];

const issuer = 'taskmaster-pro';
const audience = 'taskmaster-pro';
/** Ours are some 300 characters; whatever is longer costs no signature check. */
const maxTokenLength = 2048;

const Claims = z.object({ sub: z.guid(), sid: z.guid(), aud: z.literal(audience), exp: z.int(), iat: z.int() });
/** Nothing else: what names, or brings, a key of its own is not ours. */
const Header = z.strictObject({ alg: z.string(), typ: z.literal('JWT'), kid: z.string() });

/** What a verified access token says. `exp` is in seconds since the epoch. It names no role: that is read per request. */
type AccessClaims = z.infer<typeof Claims>;

export interface AccessTokens {
  readonly lifetimeSeconds: number;
  sign: (claims: { user_id: string; session_id: string }) => Promise<string>;
  /** Undefined for a token that is malformed, forged, expired or meant for something else. */
  verify: (token: string) => Promise<AccessClaims | undefined>;
}

export interface AccessTokenOptions extends RotatedKey {
  algorithm: HmacAlgorithm;
  lifetimeSeconds: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export function createAccessTokens({
  secretKey,
  previousSecretKey,
  algorithm,
  lifetimeSeconds,
  now = Date.now,
}: AccessTokenOptions): AccessTokens {
  const kid = keyIdOf(secretKey);
  const key = new TextEncoder().encode(secretKey);
  const keys = new Map([[kid, key]]);
  if (previousSecretKey !== undefined)
    keys.set(keyIdOf(previousSecretKey), new TextEncoder().encode(previousSecretKey));
  // jose verifies in libuv's thread pool, where it would wait behind argon2: a token is verified once, then known.
  // More of them than one process may hold sockets: when all come back at once, in their old order, each is still known.
  const verified = new LRUCache<string, AccessClaims>({ max: 25_000 });
  const isAlive = ({ exp }: AccessClaims) => exp * 1000 > now();

  async function check(token: string): Promise<AccessClaims | undefined> {
    const header = Header.safeParse(partsOf(token)?.header).data;
    const verifyingKey = keys.get(header?.kid ?? '');
    if (!verifyingKey) return undefined;
    const options = { issuer, algorithms: [algorithm], currentDate: new Date(now()) };
    try {
      const { payload } = await jwtVerify(token, verifyingKey, options);
      return Claims.safeParse(payload).data;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  return {
    lifetimeSeconds,
    sign({ user_id, session_id }) {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT({ sid: session_id })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid })
        .setSubject(user_id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key);
    },
    async verify(token) {
      if (token.length > maxTokenLength) return undefined;
      const known = verified.get(token);
      if (known) return isAlive(known) ? known : undefined;
      const claims = await check(token);
      if (claims) verified.set(token, claims);
      return claims;
    },
  };
}

/** Tells keys apart, and tells nobody what they are. */
const keyIdOf = (secretKey: string) => createHmac('sha256', secretKey).update('kid').digest('base64url').slice(0, 12);
