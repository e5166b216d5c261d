import cluster from 'node:cluster';
import { UsageError } from './cli/usage-error.ts';
import { runWorker } from './cluster/run-worker.ts';
import { startCluster } from './cluster/start-cluster.ts';
import { WorkerError } from './cluster/worker-error.ts';
import { readEnv } from './env.ts';
import { explainError } from './explain-error.ts';
import { createLogger } from './logger.ts';
import { readStartArguments } from './start/start-arguments.ts';
import { startServer } from './start/start-server.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const env = readEnv(undefined, readStartArguments(process.argv.slice(2)));
  const log = createLogger(env);
  const starting = (env.PROCESSES > 1 ? startCluster : startServer)(env, log);

  let isStopping = false;
  // From the first moment on: a start that is told to stop ends the database, too.
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    starting
      .then((server) => server.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.fatal({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  const server = await starting;
  say(`TaskMaster Pro is ready at ${server.url}`);
  say(`  REST      ${server.url}/api/v1`);
  say(`  Document  ${server.url}/api/v1/docs  (OpenAPI: ${server.url}/api/v1/openapi.json)`);
  say(`  Data      ${server.whereabouts}`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return 2;
  return error instanceof WorkerError ? error.exitCode : 1;
}

try {
  await (cluster.worker ? runWorker(cluster.worker) : main());
} catch (error) {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(exitCodeOf(error));
}
