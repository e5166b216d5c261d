import { socketCloseCodes } from '@taskmaster/core/wire';
import { isTaskmasterError } from '../errors/taskmaster-error.ts';
import type { Connection, ConnectionOptions } from './connection.ts';
import { connect } from './connection.ts';
import type { WatchFeed } from './watch.ts';

export interface Loss {
  /** The close code, if there was one. */
  code: number | undefined;
  /** Whether the server had accepted the connection and begun to watch. */
  wasServed: boolean;
}

export interface LineOptions extends Omit<ConnectionOptions, 'onLost'> {
  onState: (state: 'catching_up' | 'live') => void;
}

/** A connection with the watches on it. */
export interface Line {
  add: (feed: WatchFeed) => void;
  remove: (feed: WatchFeed) => void;
  close: () => void;
  /** Resolves when the connection is gone, by whomever. */
  lost: Promise<Loss>;
}

const openingTimeoutMs = 10_000;

/** Errors that end the connection and not the watch: the same question may be answered the next time. */
const isPassing = (error: unknown) =>
  error === undefined ||
  isTaskmasterError(error, 'NETWORK', 'UNAUTHENTICATED', 'UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL');

export function openLine({ onState, ...options }: LineOptions): Line {
  const streams = new Map<WatchFeed, () => void>();
  const opening = new Set<WatchFeed>();
  /** Those that have not been told yet everything that they missed. */
  const behind = new Set<WatchFeed>();
  let wasServed = false;
  let resolveLost: (loss: Loss) => void = () => {};
  const lost = new Promise<Loss>((resolve) => {
    resolveLost = resolve;
  });
  const deadline = setTimeout(() => drop(), openingTimeoutMs);
  const connection: Connection = connect({ ...options, onLost: (code) => leave(code) });

  function leave(code?: number): void {
    clearTimeout(deadline);
    resolveLost({ code, wasServed });
  }

  function drop(code?: number): void {
    connection.close();
    leave(code);
  }

  function settle(): void {
    if (opening.size > 0) return;
    if (behind.size === 0) onState('live');
    else if ([...behind].some((feed) => feed.isResuming())) onState('catching_up');
  }

  return {
    lost,
    add(feed) {
      opening.add(feed);
      behind.add(feed);
      const stop = connection.open({
        path: feed.path,
        input: feed.input(),
        onStarted() {
          clearTimeout(deadline);
          wasServed = true;
          opening.delete(feed);
          feed.onStarted();
          settle();
        },
        onEvent(id, event) {
          if (feed.onEvent(id, event) && behind.delete(feed)) settle();
        },
        onEnd(error) {
          if (!isPassing(error)) feed.finish(error);
          else drop(isTaskmasterError(error, 'UNAUTHENTICATED') ? socketCloseCodes.unauthenticated : undefined);
        },
      });
      streams.set(feed, stop);
    },
    remove(feed) {
      streams.get(feed)?.();
      streams.delete(feed);
      const wasOpening = opening.delete(feed);
      const wasBehind = behind.delete(feed);
      if ((wasOpening || wasBehind) && wasServed) settle();
    },
    close: () => drop(),
  };
}
