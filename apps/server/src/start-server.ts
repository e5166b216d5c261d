import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { checkFolder } from './check-folder.ts';
import type { OpenDatabase } from './database/open-database.ts';
import { openDatabase } from './database/open-database.ts';
import type { Env } from './env.ts';
import type { Logger } from './logger.ts';
import type { Surface } from './create-surface.ts';
import { createSurface } from './create-surface.ts';
import { loadSecrets } from './secrets.ts';

export interface RunningServer {
  /** `http://host:port`. */
  url: string;
  /** For the operator: where the data is. */
  whereabouts: string;
  database: OpenDatabase;
  /**
   * Readiness goes down first; then no new connection is taken, sockets close with 1001, and requests in flight have
   * `drainMs` to finish. The database stops last. Stopping twice is stopping once.
   */
  stop: () => Promise<void>;
}

const drainMs = 7_000;

/** The whole system: database, migrations, HTTP and sockets. Throws what kept it from starting, with nothing left running. */
export async function startServer(env: Env, log: Logger): Promise<RunningServer> {
  const cleanups: Array<() => Promise<void>> = [];
  const undo = async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  try {
    const secrets = await loadSecrets(env, (message) => log.warn(message));
    await checkFolder('UPLOAD_DIR', env.UPLOAD_DIR);
    const database = await openDatabase(env, log, 'server');
    cleanups.push(database.close);
    const applied = await database.migrator.up();
    for (const { name } of applied) log.info({ migration: name }, 'migration applied');
    const connection = database.connect();
    cleanups.push(() => connection.close({ timeoutSeconds: 1 }));
    // Of its own, so that busy requests delay neither events nor the end of a revoked session.
    const streams = database.connect({ applicationName: 'taskmaster-streams', maxConnections: 2 });
    cleanups.push(() => streams.close({ timeoutSeconds: 1 }));
    const migrations = await database.migrator.history();
    const surface = await createSurface({
      env,
      secrets,
      log,
      connection,
      streams,
      appliedMigrations: migrations.length,
    });
    cleanups.push(surface.close);
    const port = await listen(surface, env);
    const stop = once(async () => {
      await drain(surface, env.SHUTDOWN_DELAY_SECONDS * 1000);
      await undo();
    });
    return { url: urlOf(env.HOST, port), whereabouts: database.whereabouts, database, stop };
  } catch (error) {
    await undo();
    throw error;
  }
}

async function listen({ server }: Surface, { HOST, PORT }: Env): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(PORT, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : PORT;
}

async function drain(surface: Surface, delayMs: number): Promise<void> {
  surface.readiness.goDown();
  await sleep(delayMs);
  const closed = new Promise<void>((resolve) => surface.server.close(() => resolve()));
  const sockets = surface.closeSockets();
  surface.server.closeIdleConnections();
  await Promise.race([Promise.all([closed, sockets]), sleep(drainMs)]);
  surface.server.closeAllConnections();
}

function urlOf(host: string, port: number) {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}
