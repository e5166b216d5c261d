import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How this process feels, as of the last sample. */
export interface Vitals {
  /** How much later than due a timer came, on the average between two samples. */
  eventLoopDelayMs: number;
  /** Of the memory that it may have, 0 to 1: of V8's heap, or of the container, whichever is nearer to its end. */
  memoryShare: number;
}

export interface VitalsMonitor {
  read: () => Vitals;
  stop: () => void;
}

const resolutionMs = 10;
const nanosecondsPerMs = 1e6;

/** Samples until `stop`, by a timer that keeps no process alive. Shares are of the memory limit, in bytes. */
export function watchVitals({
  sampleEveryMs = 1_000,
  memoryLimitBytes = availableBytes(),
}: { sampleEveryMs?: number; memoryLimitBytes?: number } = {}): VitalsMonitor {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  let vitals: Vitals = { eventLoopDelayMs: 0, memoryShare: 0 };
  const sample = () => {
    // The mean is of the intervals between ticks, which are due after `resolutionMs`.
    const eventLoopDelayMs = delays.count === 0 ? 0 : Math.max(0, delays.mean / nanosecondsPerMs - resolutionMs);
    vitals = { eventLoopDelayMs, memoryShare: memoryShare(memoryLimitBytes) };
    delays.reset();
  };
  sample();
  const timer = setInterval(sample, sampleEveryMs).unref();
  return {
    read: () => vitals,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}

/**
 * Garbage counts. That is no false alarm: V8 collects before the heap is half way from what is in use to its limit, so a
 * heap that stands at 90 % has at least 80 % in use.
 */
function memoryShare(limitBytes: number): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return Math.max(used_heap_size / heap_size_limit, process.memoryUsage.rss() / limitBytes);
}

/** What the container, or else the machine, has. */
function availableBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
