import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Authentication, Context, Hub, Origin, Services } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import { withDeadline } from '@taskmaster/database';
import { WebSocketServer } from 'ws';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { Connection } from './connection.ts';
import { createConnection } from './connection.ts';
import { checkHandshake, checkOrigin } from './handshake.ts';
import { keepAlive } from './keepalive.ts';
import type { SocketLimits } from './limits.ts';
import { socketLimits } from './limits.ts';
import { servePlain } from './plain-socket.ts';
import { refuse } from './refuse.ts';
import { createRegistry } from './registry.ts';
import type { KnownToken } from './socket-login.ts';
import { readToken } from './socket-login.ts';
import type { Target } from './target.ts';
import { parseTarget, pathOf } from './target.ts';
import { serveTyped } from './typed-socket.ts';

export interface SocketsOptions {
  hub: Pick<Hub, 'watchNotifications' | 'onRevocation'>;
  /** Throws `UNAUTHENTICATED` for a token that is missing or not valid now. */
  authenticate: (token: string | undefined) => Promise<Authentication>;
  /** The context of every call on a socket. `authenticate` reads the actor again when a second has passed. */
  createContext: (origin: Origin, authenticate: Context['authenticate']) => Context;
  /** Throws for a request that this server takes on no path, and for one too many of its address. */
  admit: (request: IncomingMessage, address: string | null) => Promise<void>;
  allowedOrigins: readonly string[];
  /** The address of the client, by the hops that are trusted. */
  addressOf: (request: IncomingMessage) => string | null;
  recordRefusal: Services['refusals']['record'];
  /** Every error that a client was answered with, for the log. */
  onError: (error: unknown, request_id: string) => void;
  limits?: Partial<SocketLimits>;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface Sockets {
  /** The listener for `upgrade`. It throws nothing and leaves nothing open. */
  handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Closes every socket with 1001 and refuses new ones with 503. Resolves when all are gone. */
  close: () => Promise<void>;
  stats: () => {
    open: number;
    identified: number;
    places: number;
    bufferedBytes: number;
    closes: Record<string, number>;
    refused: number;
  };
}

type Request = { request: IncomingMessage; socket: Duplex; head: Buffer; origin: Origin };

/** The sockets of a server: `/trpc` and `/ws/{user_id}`. */
export function createSockets(options: SocketsOptions): Sockets {
  const { hub, allowedOrigins, now = Date.now } = options;
  const limits: SocketLimits = { ...socketLimits, ...options.limits };
  const registry = createRegistry(hub, limits, now);
  const login = { ...options, registry, now };
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxPayloadBytes,
    maxFragments: limits.maxFragments,
  });
  const handshakes = new Set<Duplex>();
  const state = { isClosing: false, refused: 0 };

  function reject({ request, socket, origin }: Omit<Request, 'head'>, error: unknown): void {
    state.refused++;
    options.onError(error, origin.request_id);
    refuse(socket, error, { request_id: origin.request_id, instance: pathOf(request.url ?? '') });
  }

  // ws checks what is left of the handshake (the key, the subprotocols) by itself and tells here.
  wss.on('wsClientError', (error, socket, request) =>
    reject({ request, socket, origin: originOf(request) }, new AppError('BAD_REQUEST', { detail: error.message })),
  );

  function originOf(request: IncomingMessage): Origin {
    const user_agent = request.headers['user-agent']?.slice(0, 500) ?? null;
    return { request_id: randomUUID(), ip_address: options.addressOf(request), user_agent };
  }

  function accept({ request, socket, head, origin }: Request, serve: (connection: Connection) => void): void {
    wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = createConnection(ws, limits);
      registry.open(connection);
      keepAlive(ws, limits.pingMs);
      try {
        serve(connection);
      } catch (error) {
        options.onError(error, origin.request_id);
        connection.close(socketCloseCodes.internal, 'internal error');
      }
    });
  }

  /** The token of a plain socket is checked before the upgrade: who has none is told so over HTTP. */
  async function admitPlain(target: Target & { kind: 'plain' }, origin: Origin): Promise<KnownToken> {
    const known = await withDeadline(readToken(login, target.token), limits.handshakeMs);
    const { actor } = known.authentication;
    if (actor.id !== target.user_id) {
      const refusal = new AppError('FORBIDDEN', { detail: "Another user's notifications" });
      await options.recordRefusal({ ...origin, actor }, 'notifications.onCreate', refusal);
      throw refusal;
    }
    registry.checkUser(target.user_id);
    return known;
  }

  async function admit(upgrade: Request): Promise<void> {
    const { request, socket, origin } = upgrade;
    // A place is held for as long as the connection lasts, accepted or not. Taken after a wait, it would be held for ever
    // for a client that went away meanwhile.
    socket.once('close', registry.enter(origin.ip_address));
    await options.admit(request, origin.ip_address);
    if (state.isClosing) throw new AppError('UNAVAILABLE', { detail: 'The server is stopping' });
    const target = parseTarget(request.url ?? '');
    checkHandshake(request);
    checkOrigin(request, allowedOrigins);
    if (target.kind === 'typed') {
      accept(upgrade, (connection) => serveTyped({ ...login, wss, limits }, connection, origin));
      return;
    }
    const { lastEventId } = target;
    const known = await admitPlain(target, origin);
    if (state.isClosing) throw new AppError('UNAVAILABLE', { detail: 'The server is stopping' });
    accept(upgrade, (connection) => void servePlain(login, connection, { known, origin, lastEventId }));
  }

  return {
    handleUpgrade(request, socket, head) {
      // Gone already: nothing would ever give its place back.
      if (socket.destroyed) return;
      // From here to the end of the handshake nobody else listens.
      socket.on('error', () => socket.destroy());
      handshakes.add(socket);
      let origin: Origin = { request_id: randomUUID(), ip_address: null, user_agent: null };
      const admitting = async () => {
        origin = originOf(request);
        await admit({ request, socket, head, origin });
      };
      admitting()
        .catch((error: unknown) => reject({ request, socket, origin }, error))
        .catch(() => socket.destroy())
        .finally(() => handshakes.delete(socket));
    },

    async close() {
      state.isClosing = true;
      const gone = [...registry.all()].map(
        ({ ws }) => new Promise<void>((resolve) => void ws.once('close', () => resolve())),
      );
      registry.closeAll(socketCloseCodes.goingAway, 'the server stops');
      await Promise.all(gone);
      for (const socket of handshakes) socket.destroy();
    },

    stats: () => ({ ...registry.stats(), refused: state.refused }),
  };
}
