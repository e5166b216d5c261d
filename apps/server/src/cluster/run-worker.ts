import type { Worker } from 'node:cluster';
import { openDatabase } from '../database/open-database.ts';
import { readEnv } from '../env.ts';
import { explainError } from '../explain-error.ts';
import { createLogger } from '../logger.ts';
import { createMetrics } from '../metrics.ts';
import type { Metrics } from '../metrics.ts';
import { once } from '../once.ts';
import { loadSecrets } from '../start/secrets.ts';
import type { Serving } from '../start/serve.ts';
import { serve } from '../start/serve.ts';
import type { FromWorker } from './messages.ts';
import { parseFromPrimary } from './messages.ts';
import { createPending } from './pending.ts';

const metricsPatienceMs = 2_000;

/**
 * One worker of a cluster, until it is told to stop. Node ends a worker whose primary is gone, however that ended, so
 * that none is left behind.
 */
export async function runWorker(worker: Worker): Promise<void> {
  // A primary that is gone cannot be told, and need not be.
  const say = (message: FromWorker) => new Promise<void>((resolve) => void worker.send(message, () => resolve()));
  try {
    await start(worker, say);
    await say({ kind: 'ready' });
  } catch (error) {
    await say({ kind: 'failed', reason: explainError(error) });
    process.exit(1);
  }
}

async function start(worker: Worker, say: (message: FromWorker) => Promise<void>): Promise<void> {
  const number = process.argv.at(-1) ?? '';
  const env = readEnv();
  const log = createLogger(env).child({ worker: Number(number) });
  const metrics = createMetrics({ worker: number });
  const pending = createPending<string | undefined>(metricsPatienceMs, undefined);
  const ofAll: Metrics = {
    ...metrics,
    text: async () => (await pending.ask((id) => void say({ kind: 'metrics-wanted', id }))) ?? metrics.text(),
  };

  const { promise: serving, resolve: isServing } = Promise.withResolvers<Serving>();
  const stop = once(async () => {
    try {
      await (await serving)[Symbol.asyncDispose]();
      process.exit(0);
    } catch (error) {
      log.fatal({ err: error }, 'could not stop cleanly');
      process.exit(1);
    }
  });
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  worker.on('message', (received: unknown) => {
    const message = parseFromPrimary(received);
    switch (message.kind) {
      case 'stop':
        void stop();
        break;
      case 'are-you-there':
        void say({ kind: 'here' });
        break;
      case 'metrics':
        pending.answer(message.id, message.text);
        break;
      case 'own-metrics-wanted':
        void metrics.json().then((own) => say({ kind: 'own-metrics', id: message.id, metrics: own }));
        break;
    }
  });

  const secrets = await loadSecrets(env, (message) => log.warn(message));
  const database = await openDatabase(env, log, 'guest');
  isServing(await serve({ env, log, secrets, database, metrics: ofAll }));
}
