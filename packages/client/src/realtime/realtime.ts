import { isTaskmasterError, TaskmasterError } from '../errors/taskmaster-error.ts';
import type { Session } from '../session/session.ts';
import type { Backoff } from './backoff.ts';
import { jitteredBackoff } from './backoff.ts';
import type { ConnectionState } from './connection-state.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { Line, Loss } from './line.ts';
import { socketCloseCodes } from '@taskmaster/core/wire';
import { openLine } from './line.ts';
import { observableValue } from './observable-value.ts';
import type { ObservableValue } from './observable-value.ts';
import { pause } from './pause.ts';
import type { WatchFeed } from './watch.ts';
import type { WebSocketClass } from './web-socket.ts';

export interface RealtimeOptions {
  /** `ws://` or `wss://`. */
  url: string;
  session: Pick<Session, 'accessToken' | 'renew' | 'end'>;
  WebSocket: WebSocketClass | undefined;
  backoff?: Backoff | undefined;
  keepalive?: KeepaliveOptions;
}

export interface Realtime {
  state: ObservableValue<ConnectionState>;
  add: (feed: WatchFeed) => void;
  remove: (feed: WatchFeed) => void;
  /** Ends every watch; with an error its loop throws. */
  endAll: (error?: unknown) => void;
}

const notServed: Loss = { code: undefined, wasServed: false };

/** What keeps a token from being renewed for a while, and no longer. */
const isPassing = (error: unknown) =>
  isTaskmasterError(error, 'NETWORK', 'PROTOCOL', 'UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL');

const longestAskedMs = 3_600_000;

/** The pause that a refusal asks for. Bounded, as a stranger on the way may ask for years, which no timer takes. */
const askedMsOf = ({ retry_after_seconds = 0 }: TaskmasterError) =>
  Math.min(Math.max(retry_after_seconds * 1000, 0), longestAskedMs);

/** One socket for all watches, as long as there are any: opened again when it is lost, with a token that is good. */
export function createRealtime(options: RealtimeOptions): Realtime {
  const { session, backoff = jitteredBackoff } = options;
  const state = observableValue<ConnectionState>('idle');
  const feeds = new Set<WatchFeed>();
  let run: AbortController | undefined;
  let line: Line | undefined;

  function endAll(error?: unknown): void {
    for (const feed of feeds) feed.finish(error);
  }

  async function attempt(rejected: string | undefined, signal: AbortSignal) {
    const token = await (rejected === undefined ? session.accessToken() : session.renew(rejected));
    if (signal.aborted) return { token, loss: notServed };
    const { url, WebSocket, keepalive } = options;
    line = openLine({ url, token, WebSocket, ...(keepalive && { keepalive }), onState: state.set });
    for (const feed of feeds) line.add(feed);
    const loss = await line.lost;
    return { token, loss };
  }

  async function keepConnected(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let rejected: string | undefined;
    while (!signal.aborted) {
      state.set('connecting');
      let askedMs = 0;
      const { token, loss } = await attempt(rejected, signal).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        askedMs = askedMsOf(error);
        return { token: undefined, loss: notServed };
      });
      if (signal.aborted) return;
      line = undefined;
      if (loss.code === socketCloseCodes.deactivated) {
        await session.end('deactivated');
        throw new TaskmasterError('UNAUTHENTICATED', 'The user is deactivated', { status: 401 });
      }
      if (token !== undefined) rejected = loss.code === socketCloseCodes.unauthenticated ? token : undefined;
      failures = loss.wasServed ? 0 : failures + 1;
      // A token that ran out is nobody's failure: there is nothing to wait for.
      if (loss.wasServed && rejected !== undefined) continue;
      state.set('offline');
      // Added, so that those who were asked alike come back spread out.
      await pause(askedMs + backoff(Math.max(failures, 1)), signal);
    }
  }

  function start(): void {
    const mine = new AbortController();
    run = mine;
    keepConnected(mine.signal).catch((error: unknown) => {
      if (!mine.signal.aborted) endAll(error);
    });
  }

  function stop(): void {
    run?.abort();
    run = undefined;
    line?.close();
    line = undefined;
    state.set('idle');
  }

  return {
    state: {
      subscribe: state.subscribe,
      get value() {
        return state.value;
      },
    },
    endAll,
    add(feed) {
      feeds.add(feed);
      if (run === undefined) start();
      else line?.add(feed);
    },
    remove(feed) {
      if (!feeds.delete(feed)) return;
      line?.remove(feed);
      if (feeds.size === 0) stop();
    },
  };
}
