import type { TokenPair } from '@taskmaster/core/contracts';
import { isTaskmasterError, TaskmasterError } from '../errors/taskmaster-error.ts';
import type { TokenStorage } from './storage.ts';
import type { Tokens } from './tokens.ts';
import { isExpiring, tokensOf } from './tokens.ts';

/** `refused`: the refresh token is no longer good. `deactivated`: the user is. `logged_out`: here, or in another tab. */
export type SessionEnd = 'logged_out' | 'refused' | 'deactivated';

export interface SessionOptions {
  storage: TokenStorage;
  /** Exchanges a refresh token for a new pair. */
  refresh: (refresh_token: string) => Promise<TokenPair>;
  /** Called once for every session that ends. */
  onEnd: (reason: SessionEnd) => void;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export type Session = ReturnType<typeof createSession>;

const notLoggedIn = (message: string, cause?: unknown) =>
  new TaskmasterError('UNAUTHENTICATED', message, { status: 401, cause });

/** The tokens of whoever is logged in. However many calls need new ones, one refresh is under way at a time. */
export function createSession({ storage, refresh, onEnd, now = Date.now }: SessionOptions) {
  let tokens: Tokens | undefined;
  let isLoaded = false;
  let renewing: Promise<string> | undefined;

  async function current(): Promise<Tokens | undefined> {
    if (isLoaded) return tokens;
    const stored = await storage.load();
    // A login while the storage was read is newer than what was read.
    if (!isLoaded) {
      tokens = stored;
      isLoaded = true;
    }
    return tokens;
  }

  async function keep(next: Tokens | undefined): Promise<void> {
    tokens = next;
    isLoaded = true;
    await storage.save(next);
  }

  async function end(reason: SessionEnd): Promise<void> {
    await current();
    // Not what was read: meanwhile another may have ended it.
    if (tokens === undefined) return;
    try {
      await keep(undefined);
    } finally {
      onEnd(reason);
    }
  }

  async function exchange(spent: Tokens): Promise<string> {
    try {
      const next = tokensOf(await refresh(spent.refresh_token), now());
      // Whoever logged in or out meanwhile has the last word; a call of one user is not repeated as another.
      if (tokens !== spent) throw notLoggedIn('The session has ended');
      await keep(next);
      return next.access_token;
    } catch (error) {
      if (!isTaskmasterError(error, 'INVALID_REFRESH_TOKEN', 'VALIDATION_FAILED')) throw error;
      if (tokens === spent) await end('refused');
      throw notLoggedIn('The session has ended', error);
    }
  }

  async function replace(rejected: string): Promise<string> {
    const mine = await current();
    // Another tab may have refreshed already: presenting the spent token again would end the session for both.
    const stored = await storage.load();
    if (mine && !stored) {
      await end('logged_out');
      throw notLoggedIn('Logged out elsewhere');
    }
    if (!stored) throw notLoggedIn('Nobody is logged in');
    if (mine?.refresh_token !== stored.refresh_token) tokens = stored;
    const latest = tokens ?? stored;
    if (latest.access_token !== rejected && !isExpiring(latest, now())) return latest.access_token;
    return exchange(latest);
  }

  /** A token that is not `rejected`, by a refresh if need be. Throws `UNAUTHENTICATED` where the session is over. */
  function renew(rejected: string): Promise<string> {
    if (renewing) return renewing;
    const mine = replace(rejected).finally(() => {
      if (renewing === mine) renewing = undefined;
    });
    renewing = mine;
    return mine;
  }

  return {
    renew,
    end,
    current,
    /** Somebody is logged in from now on. */
    start(pair: TokenPair | Tokens): Promise<void> {
      renewing = undefined;
      return keep('expires_in' in pair ? tokensOf(pair, now()) : pair);
    },
    /** A token that is good for the next seconds. Throws `UNAUTHENTICATED`, or what kept it from being renewed. */
    async accessToken(): Promise<string> {
      const mine = await current();
      if (!mine) throw notLoggedIn('Nobody is logged in');
      return isExpiring(mine, now()) ? renew(mine.access_token) : mine.access_token;
    },
  };
}

/** Runs an attempt with an access token, and once more with a new one if the first is refused. */
export async function withToken<Value>(
  session: Pick<Session, 'accessToken' | 'renew'>,
  attempt: (token: string) => Promise<Value>,
): Promise<Value> {
  const token = await session.accessToken();
  try {
    return await attempt(token);
  } catch (error) {
    if (!isTaskmasterError(error, 'UNAUTHENTICATED')) throw error;
    return attempt(await session.renew(token));
  }
}
