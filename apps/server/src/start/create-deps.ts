import { availableParallelism } from 'node:os';
import {
  createAccessTokens,
  createDiskStorage,
  createFallbackLimitStore,
  createFingerprint,
  createHub,
  createLimits,
  createPasswords,
  createPostgresLimitStore,
  createRefreshTokens,
} from '@taskmaster/api';
import type { Deps, Hub, Redis } from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import type { Env } from '../env.ts';
import type { Logger } from '../logger.ts';
import type { Secrets } from './secrets.ts';
import { shareOf } from './share-of.ts';

export interface DepsOptions {
  env: Env;
  secrets: Secrets;
  log: Logger;
  connection: DatabaseConnection;
  /** What the realtime streams are read with. */
  streams: DatabaseConnection;
  redis?: Redis | undefined;
}

const secondsPerMinute = 60;
const secondsPerDay = 86_400;

/** What the services are made of, from the settings of this process. The hub is not started yet. */
export async function createDeps({
  env,
  secrets,
  log,
  connection,
  streams,
  redis,
}: DepsOptions): Promise<Deps & { hub: Hub }> {
  const { db } = connection;
  const counters = createPostgresLimitStore(db);
  const refreshKeys = {
    secretKey: secrets.REFRESH_SECRET_KEY,
    previousSecretKey: env.REFRESH_SECRET_KEY_PREVIOUS,
  };
  return {
    db,
    hub: createHub({
      db: streams.db,
      sql: streams.sql,
      ...(redis && { bus: redis.bus }),
      log,
      retentionMs: env.EVENT_RETENTION_DAYS * secondsPerDay * 1000,
    }),
    passwords: await createPasswords({ concurrency: shareOf(availableParallelism(), env.PROCESSES, 1) }),
    accessTokens: createAccessTokens({
      secretKey: secrets.SECRET_KEY,
      previousSecretKey: env.SECRET_KEY_PREVIOUS,
      algorithm: env.ALGORITHM,
      lifetimeSeconds: env.ACCESS_TOKEN_EXPIRE_MINUTES * secondsPerMinute,
    }),
    refreshTokens: createRefreshTokens(refreshKeys),
    sessionLifetimes: {
      idleSeconds: env.REFRESH_TOKEN_EXPIRE_DAYS * secondsPerDay,
      absoluteSeconds: env.SESSION_EXPIRE_DAYS * secondsPerDay,
    },
    fingerprint: createFingerprint(refreshKeys),
    limits: createLimits(redis ? createFallbackLimitStore(redis.limitStore, counters) : counters, {
      login: env.RATE_LIMIT_LOGIN,
      register: env.RATE_LIMIT_REGISTER,
      account: env.RATE_LIMIT_ACCOUNT,
      writes: env.RATE_LIMIT_WRITES,
      uploads: env.RATE_LIMIT_UPLOADS,
      searches: env.RATE_LIMIT_SEARCHES,
    }),
    storage: createDiskStorage({ folder: env.UPLOAD_DIR }),
    log,
    maxFileBytes: env.MAX_FILE_SIZE_MB * 2 ** 20,
  };
}
