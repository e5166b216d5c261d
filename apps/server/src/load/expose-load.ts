import type { Metrics } from '../metrics.ts';
import type { Load } from './load.ts';
import type { VitalsMonitor } from './vitals.ts';

/** What load is shed by, and how much of it. */
export function exposeLoad(
  { gauge, counter }: Metrics,
  load: Pick<Load, 'stats'>,
  vitals: Pick<VitalsMonitor, 'read'>,
): void {
  gauge('http_requests_in_flight', 'Requests under way', () => load.stats().requests);
  counter(
    'http_shed_total',
    'Requests and upgrades refused by 503 for the load, by what was short',
    () => load.stats().shed,
    'reason',
  );
  const delay = 'How much later than due a timer came, on the average of the last second';
  gauge('load_event_loop_delay_seconds', delay, () => vitals.read().eventLoopDelayMs / 1000);
  const memory = "Memory in use: of V8's heap or of the container, whichever is nearer to its end";
  gauge('load_memory_ratio', memory, () => vitals.read().memoryShare);
}
