import type { TokenPair } from '@taskmaster/core/contracts';

/** What the client keeps of a session. */
export interface Tokens {
  access_token: string;
  refresh_token: string;
  /** When the access token expires, in milliseconds since the epoch by this machine's clock; unknown: until a 401. */
  expires_at?: number;
}

/** Renewed so long before it expires that it is still good when it arrives. */
const marginMs = 30_000;

export const tokensOf = ({ access_token, refresh_token, expires_in }: TokenPair, now: number): Tokens => ({
  access_token,
  refresh_token,
  expires_at: now + expires_in * 1000,
});

export const isExpiring = ({ expires_at }: Tokens, now: number): boolean =>
  expires_at !== undefined && expires_at - now < marginMs;
