import type { Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Logger } from '../logger.ts';
import { createPending } from './pending.ts';
import { tell } from './tell.ts';

const patienceMs = 1_000;

export interface MetricsCollector {
  /** The metrics of all these workers, each with its label, in the text format of Prometheus. */
  text: (workers: readonly Worker[]) => Promise<string>;
  /** An answer of a worker. */
  receive: (id: number, metrics: object[]) => void;
}

/** Asks the workers over their channels. One that does not answer within a second is left out, and logged. */
export function createMetricsCollector(log: Logger): MetricsCollector {
  const pending = createPending<object[] | undefined>(patienceMs, undefined);
  return {
    async text(workers) {
      const ask = (worker: Worker) => pending.ask((id) => tell(worker, { kind: 'own-metrics-wanted', id }));
      const answers = (await Promise.all(workers.map(ask))).filter((answer) => answer !== undefined);
      const missing = workers.length - answers.length;
      if (missing > 0) log.warn({ missing }, 'metrics without those of a worker that did not answer');
      return AggregatorRegistry.aggregate(answers).metrics();
    },
    receive: pending.answer,
  };
}
