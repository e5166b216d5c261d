import type { AppRouter } from '@taskmaster/api/router';
import { createTRPCUntypedClient, createWSClient, wsLink } from '@trpc/client';
import { TaskmasterError } from '../errors/taskmaster-error.ts';
import { isRecord } from '../errors/read-refusal.ts';
import { fromRpc } from '../errors/from-rpc.ts';
import { watchPulse } from './keepalive.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { WebSocketClass } from './web-socket.ts';
import { reportingSockets } from './web-socket.ts';

export interface ConnectionOptions {
  url: string;
  token: string;
  WebSocket: WebSocketClass | undefined;
  keepalive?: KeepaliveOptions;
  /** Called once, unless `close` was called before. Without a code: it could not be opened, or the other end is silent. */
  onLost: (code: number | undefined) => void;
}

interface StreamRequest {
  path: string;
  input: Record<string, unknown>;
  onStarted: () => void;
  onEvent: (id: string, event: unknown) => void;
  /** The server ended it, with an error or without. */
  onEnd: (error: unknown) => void;
}

export interface Connection {
  /** Returns what ends the stream. */
  open: (request: StreamRequest) => () => void;
  close: () => void;
}

/** A `readyState`; not every class that may be given has the constant. */
const closing = 2;

/** One socket, from its opening to its loss. tRPC speaks the protocol; when to connect again is not its affair. */
export function connect({ url, token, WebSocket, keepalive, onLost }: ConnectionOptions): Connection {
  let isOver = false;
  let socket: WebSocket | undefined;
  let stopPulse = () => {};

  function finish(): boolean {
    if (isOver) return false;
    isOver = true;
    stopPulse();
    // Before the socket: tRPC connects again unless it was closed.
    void client.close();
    socket?.close();
    return true;
  }
  const lose = (code?: number) => void (finish() && onLost(code));

  const client = createWSClient({
    url,
    connectionParams: { token },
    WebSocket: reportingSockets(WebSocket, (made) => {
      socket = made;
      stopPulse = watchPulse(made, () => lose(), keepalive);
      if (isOver) made.close();
    }),
    onClose: (event) => lose(event?.code),
    onError: () => lose(),
    retryDelayMs: () => 0,
  });
  const trpc = createTRPCUntypedClient<AppRouter>({ links: [wsLink({ client })] });

  return {
    open({ path, input, onStarted, onEvent, onEnd }) {
      let isEnded = false;
      const end = (error: unknown) => {
        if (isEnded || isOver) return;
        isEnded = true;
        // What cannot be sent any more has failed for the reason that the close event, which follows, tells.
        if (socket?.readyState === closing) return;
        onEnd(error);
      };
      const subscription = trpc.subscription(path, input, {
        onStarted: () => void (!isOver && onStarted()),
        onData(envelope) {
          if (isEnded || isOver) return;
          if (isRecord(envelope) && typeof envelope['id'] === 'string') onEvent(envelope['id'], envelope['data']);
          // Taken as it is, it would lose the position without a word.
          else end(new TaskmasterError('PROTOCOL', 'The server sent an event without an id'));
        },
        onError: (error) => end(fromRpc(error)),
        onComplete: () => end(undefined),
      });
      return () => {
        isEnded = true;
        subscription.unsubscribe();
      };
    },
    close: () => void finish(),
  };
}
