import type { Worker } from 'node:cluster';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import { once } from '../once.ts';
import type { Prepared } from '../start/prepare.ts';
import { prepare } from '../start/prepare.ts';
import { drainMs } from '../start/serve.ts';
import type { RunningServer } from '../start/start-server.ts';
import { urlOf } from '../start/url-of.ts';
import { choosePort } from './choose-port.ts';
import { createMetricsCollector } from './collect-metrics.ts';
import type { MetricsMessage } from './messages.ts';
import { tell } from './tell.ts';
import { createWorkers } from './workers.ts';

/** From the end of a worker's drain to its exit. */
const graceMs = 2_000;

/**
 * `PROCESSES` workers on one port. This process does what is done once (keys, database, migrations), hands connections
 * round, and replaces who ends. Throws what kept a worker from starting, with nothing left running.
 */
export async function startCluster(env: Env, log: Logger): Promise<RunningServer> {
  await using starting = new AsyncDisposableStack();
  const prepared = await prepare(env, log);
  const { database } = prepared;
  starting.defer(database.close);
  const port = env.PORT === 0 ? await choosePort(env.HOST) : env.PORT;
  const metrics = createMetricsCollector(log);
  const onMetrics = (message: MetricsMessage, worker: Worker) => {
    switch (message.kind) {
      case 'own-metrics':
        metrics.receive(message.id, message.metrics);
        break;
      case 'metrics-wanted':
        void metrics.text(workers.ready()).then((text) => tell(worker, { kind: 'metrics', id: message.id, text }));
        break;
    }
  };
  const workers = createWorkers({
    count: env.PROCESSES,
    variables: variablesOf(env, prepared, port),
    stopWithinMs: env.SHUTDOWN_DELAY_SECONDS * 1000 + drainMs + graceMs,
    onMetrics,
    log,
  });
  starting.defer(workers.stop);
  await workers.start();
  const started = starting.move();
  return {
    url: urlOf(env.HOST, port),
    whereabouts: database.whereabouts,
    stop: once(() => started.disposeAsync()),
  };
}

/** What a worker is told beyond this process' own environment: what was found out, or made, for all of them. */
const variablesOf = ({ PROCESSES }: Env, { secrets, database: { url, ownerUrl } }: Prepared, port: number) => ({
  ...secrets,
  DATABASE_URL: url,
  ...(ownerUrl !== url && { MIGRATION_DATABASE_URL: ownerUrl }),
  PROCESSES: String(PROCESSES),
  PORT: String(port),
});
