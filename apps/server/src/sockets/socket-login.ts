import type { Authentication } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { Connection } from './connection.ts';
import type { Registry } from './registry.ts';

/** How long what was read of an actor is good for the next call on the socket. */
const freshMs = 1_000;
const longestTimerMs = 2 ** 31 - 1;

export interface SocketLogin {
  authentication: Authentication;
  /** The actor as they are now: every call on the socket asks, as every request over HTTP does. */
  current: () => Promise<Authentication['actor']>;
}

export interface LoginOptions {
  authenticate: (token: string | undefined) => Promise<Authentication>;
  registry: Registry;
  now: () => number;
}

export interface KnownToken {
  token: string;
  authentication: Authentication;
  /** When the reading of the actor began. */
  since: number;
}

/** Reads who a token stands for. Throws `UNAUTHENTICATED`, or what keeps the database from answering. */
export async function readToken({ authenticate, now }: LoginOptions, token: string | undefined): Promise<KnownToken> {
  const since = now();
  const authentication = await authenticate(token);
  if (token === undefined) throw new AppError('UNAUTHENTICATED');
  return { token, authentication, since };
}

/** Binds a connection to its token: it ends when the token does, when the session does, when the user does. */
export function bindToken(options: LoginOptions, connection: Connection, known: KnownToken): SocketLogin {
  const { authenticate, registry, now } = options;
  const { token, authentication, since } = known;
  const { actor, expires_at } = authentication;
  if (!registry.identify(connection, actor, since)) throw new AppError('UNAUTHENTICATED');

  const remainingMs = expires_at.getTime() - now();
  const expiry = setTimeout(
    () => connection.close(socketCloseCodes.unauthenticated, 'token expired'),
    Math.min(Math.max(remainingMs, 0), longestTimerMs),
  );
  connection.ws.once('close', () => clearTimeout(expiry));

  let latest = { actor, at: since };
  return {
    authentication,
    async current() {
      if (now() - latest.at < freshMs) return latest.actor;
      const at = now();
      try {
        const read = await authenticate(token);
        latest = { actor: read.actor, at };
        return read.actor;
      } catch (error) {
        const isOver = error instanceof AppError && error.code === 'UNAUTHENTICATED';
        if (isOver) connection.close(socketCloseCodes.unauthenticated, 'session ended');
        throw error;
      }
    },
  };
}
