const firstMs = 100;
const longestMs = 10_000;
/** Who lived longer did not die of its start: its successor is started quickly again. */
const stableMs = 30_000;

/** How long to wait before a worker that lived for `livedMs` is replaced: longer each time, while none lives for long. */
export function createRestartDelays() {
  let restarts = 0;
  return function next(livedMs: number): number {
    if (livedMs > stableMs) restarts = 0;
    return Math.min(firstMs * 2 ** restarts++, longestMs);
  };
}
