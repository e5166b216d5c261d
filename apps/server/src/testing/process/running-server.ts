import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from '@taskmaster/testing/faults';

export interface RunningServer extends RunningProcess {
  url: string;
  port: number;
  /** Until the line that says it is ready. */
  startedInMs: number;
  /** Ends it by SIGTERM; returns the exit code. */
  stop: () => Promise<number | NodeJS.Signals | null>;
}

export async function untilReady(started: RunningProcess): Promise<RunningServer> {
  const before = performance.now();
  let hasEnded = false;
  void started.ended.then(() => (hasEnded = true));
  for (;;) {
    const [, url] = /is ready at (http:\S+)/.exec(started.stdout()) ?? [];
    if (url !== undefined && started.stdout().includes('  Data ')) {
      const stop = () => {
        started.kill('SIGTERM');
        return started.ended;
      };
      return { ...started, url, port: Number(new URL(url).port), startedInMs: performance.now() - before, stop };
    }
    if (hasEnded) throw new Error(`the server did not start:\n${started.output()}`);
    await sleep(20);
  }
}
