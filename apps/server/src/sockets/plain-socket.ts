import type { ActorContext, Hub, Origin } from '@taskmaster/api';
import type { RawData } from 'ws';
import { socketCloseCodes } from '@taskmaster/core/contracts';
import type { Connection } from './connection.ts';
import type { KnownToken, LoginOptions } from './socket-login.ts';
import { bindToken } from './socket-login.ts';
import { codeOf } from './typed-socket.ts';

export interface PlainOptions extends LoginOptions {
  hub: Pick<Hub, 'watchNotifications'>;
  onError: (error: unknown, request_id: string) => void;
}

export interface PlainRequest {
  known: KnownToken;
  origin: Origin;
  lastEventId: string | undefined;
}

const pong = JSON.stringify({ type: 'pong' });

/** Serves notifications as JSON frames on a socket whose token was good before it was accepted. */
export async function servePlain(options: PlainOptions, connection: Connection, request: PlainRequest): Promise<void> {
  const { origin, lastEventId, known } = request;
  connection.ws.on('message', (data, isBinary) => {
    if (!connection.spend() || !connection.hasRoom()) return;
    if (isBinary) connection.close(socketCloseCodes.notText, 'text frames only');
    else if (isPing(data)) send(connection, pong);
  });
  try {
    const { authentication } = bindToken(options, connection, known);
    const ctx: ActorContext = { ...origin, actor: authentication.actor };
    const paced = { ...ctx, drained: connection.drained };
    const events = options.hub.watchNotifications(paced, { lastEventId }, connection.signal);
    for await (const [id, event] of events) send(connection, JSON.stringify({ id, ...event }));
    connection.close(socketCloseCodes.goingAway, 'the server stops');
  } catch (error) {
    if (connection.signal.aborted) return;
    options.onError(error, origin.request_id);
    connection.close(codeOf(error) ?? socketCloseCodes.internal, 'the stream ended');
  }
}

function send(connection: Connection, text: string): void {
  if (!connection.signal.aborted && connection.hasRoom()) connection.ws.send(text);
}

function isPing(data: RawData): boolean {
  try {
    const frame: unknown = Buffer.isBuffer(data) && JSON.parse(data.toString('utf8'));
    return typeof frame === 'object' && frame !== null && 'type' in frame && frame.type === 'ping';
  } catch {
    // Whatever else a client says is its own affair.
    return false;
  }
}
