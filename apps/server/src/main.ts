import { readEnv } from './env.ts';
import { explainError } from './explain-error.ts';
import { createLogger } from './logger.ts';
import { startServer } from './start-server.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLogger(env);
  const server = await startServer(env, log);

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'could not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  say(`TaskMaster Pro is ready at ${server.url}`);
  say(`  REST      ${server.url}/api/v1`);
  say(`  Document  ${server.url}/api/v1/docs  (OpenAPI: ${server.url}/api/v1/openapi.json)`);
  say(`  Data      ${server.whereabouts}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(1);
}
