import { setTimeout as sleep } from 'node:timers/promises';
import { startSigner } from '../audit/start-signer.ts';
import { auditSettings } from './audit-settings.ts';
import type { Surface } from './create-surface.ts';
import { createSurface } from './create-surface.ts';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { listenOn } from './listen-on.ts';
import type { Prepared } from './prepare.ts';

export interface ServeOptions extends Prepared {
  env: Env;
  log: Logger;
  metrics: Metrics;
}

/** Disposed of, it is not ready first; then it takes no new connection, and gives `drainMs` to the requests in flight. */
export interface Serving extends AsyncDisposable {
  port: number;
}

/** From the end of taking connections to the end of those that are still open. */
export const drainMs = 7_000;

/** HTTP and sockets in this process, on a database that is prepared. Throws with nothing left running but that. */
export async function serve({ env, log, secrets, database, metrics }: ServeOptions): Promise<Serving> {
  await using starting = new AsyncDisposableStack();
  const connection = await database.connect();
  starting.defer(() => connection.close({ timeoutSeconds: 1 }));
  // Of its own, so that busy requests delay neither events nor the end of a revoked session.
  const streams = await database.connect({ applicationName: 'taskmaster-streams', maxConnections: 2 });
  starting.defer(() => streams.close({ timeoutSeconds: 1 }));
  const signer = startSigner({ sql: connection.sql, ...(await auditSettings(env, secrets)), log });
  starting.defer(signer.stop);
  const { length: appliedMigrations } = await database.migrator.history();
  const surface = starting.use(
    await createSurface({ env, secrets, log, connection, streams, metrics, appliedMigrations }),
  );
  const port = await listenOn(surface.server, env.HOST, env.PORT);
  starting.defer(() => drain(surface, env.SHUTDOWN_DELAY_SECONDS * 1000));
  const started = starting.move();
  return { port, [Symbol.asyncDispose]: () => started.disposeAsync() };
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
