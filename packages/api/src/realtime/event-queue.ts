import { AppError } from '@taskmaster/core/errors';

/** Between the hub, which never waits, and one reader, who may. */
export interface EventQueue<Item> {
  push: (item: Item) => void;
  clear: () => void;
  /** No more will come: the reader gets what is here already, then undefined. */
  end: () => void;
  /** As `end`, for readers that have to come again. Nothing of what is queued is given out any more. */
  fail: (error: AppError) => void;
  /** Undefined: it has ended. Throws once it has failed. */
  next: () => Promise<Item | undefined>;
}

/** Fails when more than `limit` items wait: a reader that slow starts over from its last event, at its own pace. */
export function createEventQueue<Item>(limit: number): EventQueue<Item> {
  let items: Item[] = [];
  let taken = 0;
  let state: 'open' | 'ended' | AppError = 'open';
  let wake: (() => void) | undefined;

  const settle = (next: typeof state) => {
    if (state === 'open') state = next;
    wake?.();
  };

  const clear = () => {
    items = [];
    taken = 0;
  };

  return {
    push(item) {
      if (state !== 'open') return;
      items.push(item);
      if (items.length - taken > limit) settle(new AppError('UNAVAILABLE', { detail: 'Events came faster than read' }));
      else wake?.();
    },
    clear,
    end: () => settle('ended'),
    fail: (error) => settle(error),
    async next() {
      for (;;) {
        if (state instanceof AppError) throw state;
        const item = items[taken];
        if (item !== undefined) {
          taken++;
          if (taken === items.length) clear();
          return item;
        }
        if (state === 'ended') return undefined;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
        wake = undefined;
      }
    },
  };
}
