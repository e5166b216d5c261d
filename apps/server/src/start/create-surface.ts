import type { Server } from 'node:http';
import {
  authenticateTogether,
  createServices,
  createSweeper,
  openRedis,
  startExpiry,
  startSweeper,
  toFailure,
} from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import type { RawRoute } from '@taskmaster/rest';
import { createDeps } from './create-deps.ts';
import { createDocs } from '../docs/docs-page.ts';
import { documentRoute } from '../docs/document-route.ts';
import { createOpenApiDocument } from '../docs/document.ts';
import type { Env } from '../env.ts';
import { createApp } from '../http/app.ts';
import { createHttpServer } from '../http/http-server.ts';
import { clientAddress } from '../http/client-address.ts';
import { createContextFactory } from '../http/context.ts';
import { checkHost } from '../http/host.ts';
import { createOuterLimit } from '../http/outer-limit.ts';
import { createProblems, logFault } from '../http/problems.ts';
import { createReadiness } from '../http/readiness.ts';
import type { ReadinessSwitch } from '../http/readiness.ts';
import { createRest, restBasePath } from '../http/rest.ts';
import { createRpc } from '../http/rpc.ts';
import { exposeLoad } from '../load/expose-load.ts';
import { createLoad } from '../load/load.ts';
import { watchVitals } from '../load/vitals.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { exposeStreams } from '../sockets/expose-streams.ts';
import type { Secrets } from './secrets.ts';
import { socketLimitsOf } from '../sockets/socket-limits-of.ts';
import { createSockets } from '../sockets/sockets.ts';
import { overheadBytes } from '../uploads/request-watch.ts';
import { longestTransferMs } from '../uploads/transfer-pace.ts';
import { uploadRoutes } from '../uploads/upload-routes.ts';

export interface SurfaceOptions {
  env: Env;
  secrets: Secrets;
  log: Logger;
  connection: DatabaseConnection;
  /** What the realtime streams are read with. */
  streams: DatabaseConnection;
  metrics: Metrics;
  /** How many migrations the database has. */
  appliedMigrations: number;
}

/** Everything that answers, wired but not listening. Disposed of, it ends what runs in the background. */
export interface Surface extends AsyncDisposable {
  server: Server;
  readiness: ReadinessSwitch;
  closeSockets: () => Promise<void>;
}

/**
 * Wires the parts, and starts what runs in the background: resolves when the events are read. Throws with nothing of it
 * left running.
 */
export async function createSurface(options: SurfaceOptions): Promise<Surface> {
  const { env, log, connection, metrics, appliedMigrations } = options;
  await using starting = new AsyncDisposableStack();
  const redis = env.BUS_URL === undefined ? undefined : await openRedis({ url: env.BUS_URL, log });
  if (redis) starting.defer(redis.close);
  const deps = await createDeps({ ...options, redis });
  starting.defer(deps.hub.stop);
  const services = createServices(deps);
  const problems = createProblems(log);
  const vitals = watchVitals();
  starting.defer(vitals.stop);
  const limits = {
    eventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS,
    memoryShare: env.MAX_MEMORY_PERCENT / 100,
    requests: env.MAX_REQUESTS_IN_FLIGHT,
  };
  const load = createLoad({ limits, vitals: vitals.read });
  exposeLoad(metrics, load, vitals);
  const readiness = createReadiness({ connection, appliedMigrations, load });
  const createContext = createContextFactory(deps, services);

  const { attachments } = services;
  const { maxFileBytes } = deps;
  const pace = {
    stallTimeoutMs: env.TRANSFER_STALL_SECONDS * 1000,
    minBytesPerSecond: env.TRANSFER_MIN_BYTES_PER_SECOND,
  };
  const routes: RawRoute[] = [
    ...uploadRoutes({ attachments, createContext, basePath: restBasePath, maxFileBytes, pace }),
  ];
  routes.push(documentRoute(() => createOpenApiDocument(routes)));
  const bodyTimeoutMs = env.BODY_TIMEOUT_SECONDS * 1000;
  const rest = createRest({ createContext, routes, problems, log, bodyTimeoutMs });
  const outerLimit = createOuterLimit({ ...env.RATE_LIMIT_ALL, problems, shared: redis?.limitStore });
  const app = createApp({
    rest,
    rpc: createRpc({ createContext, log, bodyTimeoutMs }),
    load,
    limit: outerLimit.requests,
    docs: createDocs(),
    readiness,
    metrics,
    problems,
    log,
    allowedOrigins: env.ALLOWED_ORIGINS,
    allowedHosts: env.ALLOWED_HOSTS,
    trustedHops: env.TRUST_PROXY_HOPS,
    isProduction: env.isProduction,
  });
  const server = createHttpServer(app, {
    headersTimeoutMs: env.HEADERS_TIMEOUT_SECONDS * 1000,
    bodyTimeoutMs: Math.max(bodyTimeoutMs, longestTransferMs(pace, maxFileBytes + overheadBytes)),
    keepAliveTimeoutMs: env.KEEP_ALIVE_TIMEOUT_SECONDS * 1000,
  });
  const sockets = createSockets({
    hub: deps.hub,
    authenticate: authenticateTogether(deps),
    createContext: (origin, authenticateAgain) => ({ ...origin, services, authenticate: authenticateAgain }),
    async admit(req, address) {
      checkHost(req, env.ALLOWED_HOSTS);
      load.check();
      await outerLimit.countUpgrade(address);
    },
    allowedOrigins: env.ALLOWED_ORIGINS,
    recordRefusal: services.refusals.record,
    addressOf: (req) => clientAddress(req, env.TRUST_PROXY_HOPS),
    onError: (error, request_id) => logFault(log, toFailure(error), error, request_id),
    limits: socketLimitsOf(env),
  });
  server.on('upgrade', sockets.handleUpgrade);
  exposeStreams(metrics, { hub: deps.hub, sockets });
  const sweeper = startSweeper(createSweeper(deps), {
    onError: (error) => log.warn({ err: error }, 'a stored file could not be removed'),
  });
  starting.defer(sweeper.stop);
  const expiry = startExpiry(deps, {
    onError: (error) => log.warn({ err: error }, 'expired rows could not be removed'),
  });
  starting.defer(expiry.stop);
  await deps.hub.start();
  const started = starting.move();
  return {
    server,
    readiness,
    closeSockets: sockets.close,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
