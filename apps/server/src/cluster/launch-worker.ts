import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { MetricsMessage } from './messages.ts';
import { parseFromWorker } from './messages.ts';

export interface WorkerEnd {
  code: number | null;
  signal: string | null;
  /** The worker's own words, if it had any. */
  reason: string | undefined;
  livedMs: number;
}

export interface LaunchedWorker {
  worker: Worker;
  isReady: () => boolean;
  /** Resolves when it listens, or else with its end. */
  started: Promise<WorkerEnd | 'ready'>;
  ended: Promise<WorkerEnd>;
}

export interface LaunchOptions {
  /** From 1. A worker that takes the place of another has its number. */
  number: number;
  /** Beside the environment of this process. */
  variables: Readonly<Record<string, string>>;
  onMetrics: (message: MetricsMessage, worker: Worker) => void;
}

/** Starts a process of this program as a worker. It never throws: what goes wrong is the worker's end. */
export function launchWorker({ number, variables, onMetrics }: LaunchOptions): LaunchedWorker {
  // Its only arguments, also for who looks at `ps`. "advanced": metrics hold numbers that JSON has not.
  cluster.setupPrimary({ args: ['worker', String(number)], serialization: 'advanced' });
  const worker = cluster.fork(variables);
  const startedAt = performance.now();
  let isReady = false;
  let reason: string | undefined;
  const ready = Promise.withResolvers<'ready'>();
  const ended = Promise.withResolvers<WorkerEnd>();
  worker.on('message', (received: unknown) => {
    const message = parseFromWorker(received);
    switch (message.kind) {
      case 'ready':
        isReady = true;
        ready.resolve('ready');
        break;
      case 'failed':
        reason = message.reason;
        break;
      case 'here':
        // That it has said something is all, and is heard where it is asked.
        break;
      case 'metrics-wanted':
      case 'own-metrics':
        onMetrics(message, worker);
        break;
    }
  });
  const end = (code: number | null, signal: string | null) => {
    isReady = false;
    ended.resolve({ code, signal, reason, livedMs: Math.round(performance.now() - startedAt) });
  };
  worker.once('exit', end);
  worker.on('error', (error) => {
    // The one that could not be started at all: it has no exit.
    if (worker.process.pid === undefined) {
      reason ??= error.message;
      end(null, null);
    }
  });
  return {
    worker,
    isReady: () => isReady,
    started: Promise.race([ready.promise, ended.promise]),
    ended: ended.promise,
  };
}
