import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { appRouter, nameRequest, toFailure } from '@taskmaster/api';
import type { Context, Origin } from '@taskmaster/api';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import type { WebSocketServer } from 'ws';
import type { SocketCloseCode } from '@taskmaster/core/contracts';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { Connection } from './connection.ts';
import type { SocketLimits } from './limits.ts';
import type { LoginOptions } from './socket-login.ts';
import { bindToken, readToken } from './socket-login.ts';
import { guardedFrames } from './typed-frames.ts';

export interface TypedOptions extends LoginOptions {
  wss: WebSocketServer;
  limits: SocketLimits;
  createContext: (origin: Origin, authenticate: Context['authenticate']) => Context;
  onError: (error: unknown, request_id: string) => void;
}

/**
 * What tRPC's handler is given instead of the upgrade request, whose `Host` and URL it would parse and trust. It says
 * that the connection parameters come first: without them nothing starts.
 */
const safeRequest = new IncomingMessage(new Socket());
safeRequest.url = '/trpc?connectionParams=1';
safeRequest.headers.host = 'localhost';

/** Serves tRPC on an accepted socket. Its first message is `{"method":"connectionParams","data":{"token":…}}`. */
export function serveTyped(options: TypedOptions, connection: Connection, origin: Origin): void {
  const { limits, wss, onError } = options;
  const { ws } = connection;
  const deadline = setTimeout(
    () => connection.close(socketCloseCodes.unauthenticated, 'no valid token in time'),
    limits.handshakeMs,
  );
  ws.once('close', () => clearTimeout(deadline));
  // Before tRPC's listener: what is too much, or comes after the close, is never looked at.
  ws.on('message', () => void (connection.spend() && connection.hasRoom()));

  let isAuthenticated = false;

  async function createContext(token: string | undefined): Promise<Context> {
    const login = bindToken(options, connection, await readToken(options, token));
    clearTimeout(deadline);
    isAuthenticated = true;
    // The streams wait for a slow client by it.
    const paced = { ...origin, drained: connection.drained };
    return options.createContext(paced, login.current);
  }

  /** The close code that an error leads to, if any: without a token nothing goes on, a failed stream is taken up anew. */
  function consequenceOf(error: unknown, isStream: boolean): SocketCloseCode | undefined {
    const code = codeOf(error);
    if (!isAuthenticated) return code ?? socketCloseCodes.unauthenticated;
    return isStream ? code : undefined;
  }

  const handle = getWSConnectionHandler({
    wss,
    router: appRouter,
    experimental_encoder: guardedFrames(connection, limits),
    createContext: ({ info }) => createContext(info.connectionParams?.['token']),
    onError({ error, type }) {
      nameRequest(error, origin.request_id);
      if (connection.signal.aborted) return;
      onError(error, origin.request_id);
      const code = consequenceOf(error, type === 'subscription');
      // tRPC answers whatever waits for this first, in microtasks.
      if (code !== undefined) setImmediate(() => connection.close(code, 'see the error before'));
    },
  });
  handle(ws, safeRequest);
}

/** For errors after which the socket cannot go on as it is. */
export function codeOf(error: unknown): SocketCloseCode | undefined {
  const { code } = toFailure(error);
  if (code === 'UNAUTHENTICATED') return socketCloseCodes.unauthenticated;
  if (code === 'INTERNAL') return socketCloseCodes.internal;
  return code === 'UNAVAILABLE' || code === 'RATE_LIMITED' ? socketCloseCodes.tryAgain : undefined;
}
