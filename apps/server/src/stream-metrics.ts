import type { Hub } from '@taskmaster/api';
import type { Metrics } from './metrics.ts';
import type { Sockets } from './sockets/sockets.ts';

/** What a holder of sockets wants to see of them, read when Prometheus asks. */
export function exposeStreams(metrics: Metrics, hub: Pick<Hub, 'stats'>, sockets: Pick<Sockets, 'stats'>): void {
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge(`taskmaster_${name}`, help, read);
  gauge('sockets_open', 'Open sockets', () => sockets.stats().open);
  gauge('sockets_buffered_bytes', 'Bytes that wait for slow readers', () => sockets.stats().bufferedBytes);
  gauge('sockets_refused', 'Upgrades refused since the start', () => sockets.stats().refused);
  gauge(
    'subscriptions_notifications',
    'Live subscriptions to notifications',
    () => hub.stats().subscriptions.notifications,
  );
  gauge('subscriptions_tasks', 'Live subscriptions to tasks', () => hub.stats().subscriptions.tasks);
  gauge('events_delivered', 'Events handed to subscriptions since the start', () => hub.stats().delivered);
  gauge('events_resyncs', 'Positions that could not be honoured since the start', () => hub.stats().resyncs);
  gauge(
    'events_catch_up_reads',
    'Reads for subscriptions that resumed, since the start',
    () => hub.stats().catchUpReads,
  );
  gauge('events_lag_seconds', 'From the commit of the newest event to its delivery', () => hub.stats().lagMs / 1000);
}
