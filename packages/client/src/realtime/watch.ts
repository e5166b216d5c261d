import { isRecord } from '../errors/read-refusal.ts';
import { trusted } from '../trusted.ts';
import { createSeenIds } from './seen-ids.ts';

/** Events of one subscription, as long as anybody reads them. */
export interface Watch<Event> extends AsyncIterableIterator<Event, undefined, undefined> {
  /** Resolves when the server has begun to watch: what is committed from then on arrives. Rejects if it never does. */
  readonly started: Promise<void>;
  /** Ends it, from outside of the loop too. */
  return: () => Promise<IteratorResult<Event, undefined>>;
  [Symbol.asyncIterator]: () => Watch<Event>;
}

/** The end of a watch that the server feeds. */
export interface WatchFeed {
  readonly path: string;
  /** What to ask the server for, from after the last event that arrived. */
  input: () => Record<string, unknown>;
  /** Whether events may be due that were committed before. */
  isResuming: () => boolean;
  onStarted: () => void;
  /** Returns whether everything that was missed has been told by now. */
  onEvent: (id: string, event: unknown) => boolean;
  /** Without an error, the loop just ends. */
  finish: (error?: unknown) => void;
}

export interface WatchRequest {
  path: string;
  input: Record<string, unknown>;
  lastEventId?: string | undefined;
  onDone: (feed: WatchFeed) => void;
}

/** What a page that stands still (a laptop asleep, a debugger) may let pile up before it has to read its lists again. */
const maxWaiting = 10_000;

const done = { done: true, value: undefined } as const;

export function createWatch<Event>(request: WatchRequest): { watch: Watch<Event>; feed: WatchFeed } {
  const seen = createSeenIds();
  const readers: PromiseWithResolvers<IteratorResult<Event, undefined>>[] = [];
  let waiting: Event[] = [];
  let lastEventId = request.lastEventId === '' ? undefined : request.lastEventId;
  let wasStarted = false;
  let end: { error?: unknown } | undefined;
  const started = withResolvers<void>();
  // Whoever is interested has a handler; the loop itself throws the same.
  started.promise.catch(() => {});

  function push(event: Event): void {
    const reader = readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else waiting.push(event);
  }

  const feed: WatchFeed = {
    path: request.path,
    input: () => ({ ...request.input, ...(lastEventId !== undefined && { lastEventId }) }),
    isResuming: () => lastEventId !== undefined,
    onStarted() {
      started.resolve();
      // Lost before the first event, a watch has no position to resume from, and may have missed anything.
      if (wasStarted && lastEventId === undefined) push(trusted({ id: '', type: 'resync' }));
      wasStarted = true;
    },
    onEvent(id, event) {
      lastEventId = id;
      const type = isRecord(event) ? event['type'] : undefined;
      const isCaughtUp = type === 'live' || type === 'resync';
      if (end || type === 'live' || !seen.add(id)) return isCaughtUp;
      // A gap is told as the server tells one.
      if (waiting.length >= maxWaiting) waiting = [trusted({ id, type: 'resync' })];
      else push(trusted({ ...trusted<object>(event), id }));
      return isCaughtUp;
    },
    finish(error) {
      if (end) return;
      end = error === undefined ? {} : { error };
      started.reject(error ?? new DOMException('The watch has ended', 'AbortError'));
      const [first, ...rest] = readers.splice(0);
      if (error === undefined) first?.resolve(done);
      else first?.reject(takeError());
      for (const reader of rest) reader.resolve(done);
      request.onDone(feed);
    },
  };

  /** An error is thrown to one reader; after it the loop is over. */
  function takeError(): unknown {
    const error = end?.error;
    end = {};
    return error;
  }

  const watch: Watch<Event> = {
    started: started.promise,
    async next() {
      const value = waiting.shift();
      if (value !== undefined) return { done: false, value };
      if (end && 'error' in end) throw takeError();
      if (end) return done;
      const reader = withResolvers<IteratorResult<Event, undefined>>();
      readers.push(reader);
      return reader.promise;
    },
    async return() {
      waiting = [];
      feed.finish();
      end = {};
      return done;
    },
    [Symbol.asyncIterator]: () => watch,
  };
  return { watch, feed };
}

/** Node 20 has no `Promise.withResolvers`. */
function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: PromiseWithResolvers<Value>['resolve'] = () => {};
  let reject: PromiseWithResolvers<Value>['reject'] = () => {};
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
