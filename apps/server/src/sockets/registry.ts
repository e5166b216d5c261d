import { networkOf } from '@taskmaster/api';
import type { Authentication, Hub } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import type { SocketCloseCode } from '@taskmaster/core/contracts';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import { createCounts } from '../load/counts.ts';
import { once } from '../once.ts';
import type { Connection } from './connection.ts';
import type { SocketLimits } from './limits.ts';

type Revocation = Parameters<Parameters<Hub['onRevocation']>[0]>[0];
type Actor = Authentication['actor'];

/** A connection whose user is known. */
interface Member {
  connection: Connection;
  actor: Actor;
}

/** How long a revocation is remembered: longer than an authentication may take, and than its result is kept. */
const rememberedMs = 30_000;

export type Registry = ReturnType<typeof createRegistry>;

/** All sockets of this process: how many there may be, and whose end which revocation is. */
export function createRegistry(hub: Pick<Hub, 'onRevocation'>, limits: SocketLimits, now: () => number) {
  const connections = new Set<Connection>();
  const members = new Map<Connection, Member>();
  const perAddress = createCounts(limits.maxPerAddress, refuseOneMore);
  const perUser = createCounts(limits.maxPerUser, refuseOneMore);
  const closes = new Map<string, number>();
  const recent: { revocation: Revocation; at: number }[] = [];
  let places = 0;

  const stopListening = hub.onRevocation((revocation) => {
    while (recent[0] && recent[0].at < now() - rememberedMs) recent.shift();
    recent.push({ revocation, at: now() });
    for (const member of members.values()) {
      if (isOf(revocation, member.actor)) revoke(member.connection, revocation);
    }
  });

  return {
    /** A place for a socket, or its handshake, until the returned function is called. Throws 429 or 503. */
    enter(address: string | null): () => void {
      if (places >= limits.maxSockets) {
        throw new AppError('UNAVAILABLE', { detail: 'Too many sockets are open', retryAfterSeconds: 5 });
      }
      const release = perAddress.enter(networkOf(address ?? ''));
      places++;
      return once(() => {
        places--;
        release();
      });
    },

    open(connection: Connection): void {
      connections.add(connection);
      connection.ws.once('close', (code: number) => {
        connections.delete(connection);
        // Whoever is too slow to read our close frame ends with 1006: it is our reason that counts.
        const label = labelOf(connection.closeCode ?? code);
        closes.set(label, (closes.get(label) ?? 0) + 1);
      });
    },

    /**
     * From here on revocations close the connection. `since` is when the look at the database began that found the
     * actor: what was revoked meanwhile is in neither. Returns false, with the connection closed, in that case.
     * Throws 429 for one socket of this user too many.
     */
    identify(connection: Connection, actor: Actor, since: number): boolean {
      // Closed while the actor was read: nothing would ever take it out again.
      if (connection.signal.aborted) return false;
      const release = perUser.enter(actor.id);
      members.set(connection, { connection, actor });
      connection.ws.once('close', () => {
        members.delete(connection);
        release();
      });
      const missed = recent.find(({ revocation, at }) => at >= since && isOf(revocation, actor));
      if (missed) revoke(connection, missed.revocation);
      return !missed;
    },

    /** Throws 429 where one more socket of this user would be too many. */
    checkUser: (user_id: string): void => perUser.check(user_id),

    closeAll(code: SocketCloseCode, reason: string): void {
      stopListening();
      for (const connection of connections) connection.close(code, reason);
    },
    all: (): Iterable<Connection> => connections,

    stats: () => {
      let bufferedBytes = 0;
      for (const { ws } of connections) bufferedBytes += ws.bufferedAmount;
      return {
        open: connections.size,
        identified: members.size,
        places,
        bufferedBytes,
        closes: Object.fromEntries(closes),
      };
    },
  };
}

/** A client may send any code: what is not known is one. */
const knownCodes = new Set<number>([...Object.values(socketCloseCodes), 1000, 1002, 1005, 1006, 1007, 1009]);
const labelOf = (code: number) => (knownCodes.has(code) ? String(code) : 'other');

const isOf = (revocation: Revocation, actor: Actor) =>
  revocation.kind === 'session' ? revocation.session_id === actor.session_id : revocation.user_id === actor.id;

function revoke(connection: Connection, { kind }: Revocation): void {
  if (kind === 'user') connection.close(socketCloseCodes.deactivated, 'user deactivated');
  else connection.close(socketCloseCodes.unauthenticated, 'session ended');
}

function refuseOneMore(): never {
  throw new AppError('RATE_LIMITED', { detail: 'Too many sockets are open', retryAfterSeconds: 5 });
}
