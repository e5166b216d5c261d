import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@taskmaster/testing';
import { readEnv } from '../env.ts';
import { startServer } from '../start/start-server.ts';
import { createFactories } from './factories.ts';
import { createHttpClient } from './http-client.ts';
import { createTestLog } from './test-log.ts';

export interface TestServerOptions {
  /** Variables beside, or instead of, those that a test needs. */
  env?: NodeJS.ProcessEnv;
  /** How many requests the client has under way at most. */
  connections?: number;
}

/**
 * The whole server in this process, on a port and a database of its own. It is a resource: `await using`. Disposed of, it
 * throws if the log holds a fault that no test has taken, or listeners have piled up.
 */
export async function startTestServer({ env: variables = {}, connections = 16 }: TestServerOptions = {}) {
  await using cleanup = new AsyncDisposableStack();
  const database = cleanup.use(await createTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-server-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const env = readEnv({
    DATABASE_URL: database.url,
    PORT: '0',
    DATA_DIR: join(folder, 'data'),
    UPLOAD_DIR: join(folder, 'uploads'),
    SECRET_KEY: 'a key for access tokens of the tests',
    REFRESH_SECRET_KEY: 'a key for refresh tokens of the tests',
    RATE_LIMIT_LOGIN: '1000000/minute',
    RATE_LIMIT_REGISTER: '1000000/minute',
    RATE_LIMIT_ACCOUNT: '1000000/minute',
    RATE_LIMIT_WRITES: '1000000/minute',
    RATE_LIMIT_UPLOADS: '1000000/minute',
    RATE_LIMIT_SEARCHES: '1000000/minute',
    RATE_LIMIT_ALL: '10000000/minute',
    // Whatever the machine has to do beside the tests.
    MAX_EVENT_LOOP_DELAY_MS: '60000',
    MAX_MEMORY_PERCENT: '100',
    ...variables,
  });
  const log = createTestLog(env);
  const leaks = collectLeaks();
  cleanup.defer(leaks.stop);
  const server = await startServer(env, log.logger);
  cleanup.defer(server.stop);
  const client = createHttpClient(server.url, { connections });
  cleanup.defer(client.close);
  const resources = cleanup.move();
  return {
    ...client,
    ...createFactories(client, database.db),
    port: Number(new URL(server.url).port),
    env,
    log,
    folder,
    db: database.db,
    sql: database.sql,
    owner: database.owner,
    stop: server.stop,
    async [Symbol.asyncDispose]() {
      await resources.disposeAsync();
      refuseFaults([...log.takeFaults(), ...leaks.found]);
    },
  };
}

/** What Node says of listeners that pile up: where it is the server's, its log does not show it. */
function collectLeaks() {
  const found: string[] = [];
  const onWarning = ({ name, message }: Error) => {
    if (name === 'MaxListenersExceededWarning') found.push(message);
  };
  process.on('warning', onWarning);
  return { found, stop: () => void process.off('warning', onWarning) };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

export function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`unexpected faults in the log:\n${faults.slice(0, 5).join('\n')}`);
}
