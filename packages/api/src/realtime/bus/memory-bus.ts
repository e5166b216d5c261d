import type { Bus } from './bus.ts';

/** For tests: hubs that share a channel are the processes of one system. */
export function createMemoryChannel(): { connect: () => Bus } {
  const listeners = new Set<() => void>();
  return {
    connect() {
      const mine = new Set<() => void>();
      return {
        publish: async () => {
          for (const listener of listeners) listener();
        },
        subscribe(onWake) {
          mine.add(onWake);
          listeners.add(onWake);
          onWake();
        },
        close: async () => {
          for (const listener of mine) listeners.delete(listener);
        },
      };
    },
  };
}
