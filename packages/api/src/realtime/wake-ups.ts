import type { Bus } from './bus/bus.ts';

/** Tells the other processes: at most one wake-up per `publishMs`, however many writes there were. */
export function createWakeUps(bus: Bus, publishMs: number, onFailure: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let isWanted = false;
  let hasFailed = false;

  async function send(): Promise<void> {
    isWanted = false;
    try {
      await bus.publish();
      hasFailed = false;
    } catch (error) {
      // Lost, and no harm: the others poll. Said once for each time that the bus is away.
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    }
  }

  function flush(): void {
    timer = undefined;
    // One at a time: while the connection hangs, a thousand writes are still one wake-up.
    sending ??= send().finally(() => {
      sending = undefined;
      if (isWanted) schedule();
    });
  }

  function schedule(): void {
    isWanted = true;
    timer ??= setTimeout(flush, publishMs);
  }

  return {
    publish: schedule,
    stop() {
      clearTimeout(timer);
    },
  };
}
