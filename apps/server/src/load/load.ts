import { networkOf } from '@taskmaster/api';
import { AppError } from '@taskmaster/core/errors';
import { createCounts } from './counts.ts';
import type { Vitals } from './vitals.ts';

type ShedReason = 'event_loop' | 'memory' | 'requests' | 'address';

export interface LoadLimits {
  eventLoopDelayMs: number;
  /** 0 to 1. */
  memoryShare: number;
  /** Answered at the same time. */
  requests: number;
}

export interface LoadOptions {
  limits: LoadLimits;
  vitals: () => Vitals;
}

/** What this process can still take: what is beyond it is refused at the door, before it costs anything. */
export interface Load {
  /** Throws `UNAVAILABLE` where the event loop or the memory is near its end. */
  check: () => void;
  /** Counts a request in, until what it returns is called. Throws `UNAVAILABLE` as `check` does, or where there are too many. */
  enter: (address: string | null) => () => void;
  /** The balancer is told before anybody is refused. */
  isHigh: () => boolean;
  /** How many are in, and how many were refused, by the reason. */
  stats: () => { requests: number; shed: Readonly<Record<ShedReason, number>> };
}

/** Of each limit, from where on the load is high. */
const highShare = 0.85;
/** Of all requests, the most that one address may have under way: whoever sends slowly cannot shut everybody else out. */
const addressShare = 0.5;
/** Not all at the same moment again. */
const retryAfterSeconds = () => 1 + Math.floor(3 * Math.random());

export function createLoad({ limits, vitals }: LoadOptions): Load {
  const byNetwork = createCounts(Math.ceil(limits.requests * addressShare), () => shed('address'));
  const refused: Record<ShedReason, number> = { event_loop: 0, memory: 0, requests: 0, address: 0 };
  let requests = 0;

  function shed(reason: ShedReason): never {
    refused[reason]++;
    throw new AppError('UNAVAILABLE', {
      detail: 'The server has more to do than it can',
      retryAfterSeconds: retryAfterSeconds(),
    });
  }

  function check(): void {
    const { eventLoopDelayMs, memoryShare } = vitals();
    if (eventLoopDelayMs > limits.eventLoopDelayMs) shed('event_loop');
    if (memoryShare > limits.memoryShare) shed('memory');
  }

  return {
    check,
    enter(address) {
      check();
      if (requests >= limits.requests) shed('requests');
      const leave = byNetwork.enter(networkOf(address ?? ''));
      requests++;
      return () => {
        requests--;
        leave();
      };
    },
    isHigh() {
      const { eventLoopDelayMs, memoryShare } = vitals();
      return (
        eventLoopDelayMs > limits.eventLoopDelayMs * highShare ||
        memoryShare > limits.memoryShare * highShare ||
        requests > limits.requests * highShare
      );
    },
    stats: () => ({ requests, shed: { ...refused } }),
  };
}
