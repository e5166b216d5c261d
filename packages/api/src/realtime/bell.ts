/** Wakes one sleeper. A ring while nobody sleeps is kept: the next sleep ends at once. */
export interface Bell {
  ring: () => void;
  /** Resolves at the next ring, at the latest after `timeoutMs`. */
  sleep: (timeoutMs: number) => Promise<void>;
}

export function createBell(): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    async sleep(timeoutMs) {
      if (!hasRung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, timeoutMs);
        wake = resolve;
        await promise;
        clearTimeout(timer);
        wake = undefined;
      }
      hasRung = false;
    },
  };
}
