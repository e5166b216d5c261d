import type { Realtime } from './realtime.ts';
import type { Watch } from './watch.ts';
import { createWatch } from './watch.ts';

export interface WatchOptions {
  /** Ends the loop, quietly. */
  signal?: AbortSignal;
  /** The `id` of an event from an earlier watch, to go on after it. */
  lastEventId?: string;
}

/** Opens watches on the socket. The type of the events follows from the path; the server has parsed them. */
export function createWatcher(realtime: Realtime) {
  return <Event>(path: string, input: Record<string, unknown>, { signal, lastEventId }: WatchOptions): Watch<Event> => {
    const onAbort = () => feed.finish();
    const { watch, feed } = createWatch<Event>({
      path,
      input,
      lastEventId,
      onDone(ended) {
        signal?.removeEventListener('abort', onAbort);
        realtime.remove(ended);
      },
    });
    if (signal?.aborted) {
      feed.finish();
    } else {
      signal?.addEventListener('abort', onAbort, { once: true });
      realtime.add(feed);
    }
    return watch;
  };
}
