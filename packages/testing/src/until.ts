import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `condition` holds. The patience is long because a long write in another database of the same PostgreSQL
 * holds live events back.
 */
export async function until(condition: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(5);
  }
}
