import type { Hub } from '@taskmaster/api';
import type { Metrics } from '../metrics.ts';
import type { Sockets } from './sockets.ts';

type StreamSources = { hub: Pick<Hub, 'stats' | 'onDelivery'>; sockets: Pick<Sockets, 'stats'> };

/** What a holder of sockets wants to see of them. All but the latencies is read only when Prometheus asks. */
export function exposeStreams({ gauge, counter, histogram }: Metrics, { hub, sockets }: StreamSources): void {
  gauge('sockets_open', 'Open sockets', () => sockets.stats().open);
  gauge('sockets_buffered_bytes', 'Bytes that wait for slow readers', () => sockets.stats().bufferedBytes);
  counter('sockets_refused_total', 'Refused upgrades', () => sockets.stats().refused);
  counter('sockets_closed_total', 'Closed sockets, by the code of the close', () => sockets.stats().closes, 'code');
  gauge('subscriptions_open', 'Open subscriptions', () => hub.stats().subscriptions, 'stream');
  counter('events_delivered_total', 'Events handed to subscriptions as they happened', () => hub.stats().delivered);
  counter('events_resyncs_total', 'Positions that could not be honoured', () => hub.stats().resyncs);
  counter('events_catch_up_reads_total', 'Reads for subscriptions that resumed', () => hub.stats().catchUpReads);
  counter(
    'revocations_total',
    'Ends of sessions and users that sockets were closed for',
    () => hub.stats().revocations,
  );
  const help = 'For how long committed events have waited to be handed out; 0 where none does';
  gauge('events_lag_seconds', help, () => hub.stats().lagMs / 1000);
  const observe = histogram(
    'event_delivery_duration_seconds',
    "From the writing of an event in its transaction (the database's clock) to its sending, by subscription",
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10],
  );
  hub.onDelivery((latencyMs) => observe(latencyMs / 1000));
}
