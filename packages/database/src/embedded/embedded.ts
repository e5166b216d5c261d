import { createHmac } from 'node:crypto';
import { readFile, stat, truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseErrorCode, isDatabaseUnavailable } from '../errors.ts';
import { appRole } from '../roles/app-role.ts';
import { findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { prepareHome } from './home.ts';
import type { Home } from './home.ts';
import { launch } from './launch.ts';
import { findPostmaster, isAlive, stopPostmaster } from './postmaster.ts';
import { openSession } from './session.ts';
import type { Role, Session } from './session.ts';
import { isDurable } from './settings.ts';
import type { EmbeddedSettings } from './settings.ts';

export interface EmbeddedOptions {
  /** Everything is kept under `<dataDir>/postgres`. */
  dataDir: string;
  /** A fixed port on 127.0.0.1. Default: a free one, the same as last time where possible. */
  port?: number;
  /** PostgreSQL settings beside or instead of this project's, for a PostgreSQL that this call starts. */
  settings?: EmbeddedSettings;
  /** One line at a time, for the operator: started, taken over, lost and restarted. */
  log?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the database `taskmaster`, with the superuser's password: not for logs. Stays true across restarts of PostgreSQL. */
  url: string;
  /** The same database, for the application: as the role that has no more than it needs. */
  appUrl: string;
  /** Whether this call started PostgreSQL, rather than finding it running. */
  isStartedHere: boolean;
  /**
   * Server: stops PostgreSQL (fast shutdown) and returns when no process is left. Guest: the same, unless somebody else
   * uses it. Close your connections first.
   */
  stop: () => Promise<void>;
}

const DATABASE = 'taskmaster';
const START_PATIENCE_MS = 60_000;
const LOG_LIMIT_BYTES = 10 * 2 ** 20;

/**
 * PostgreSQL for the one server of these data: started, or taken over from a server that was killed. While it is held,
 * a PostgreSQL that dies is started again on the same port. Errors: {@link EmbeddedPostgresError}, one line each.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return hold(options, 'server');
}

/** PostgreSQL for the command line: the running one, or one that runs until `stop()`. */
export async function attachEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return hold(options, 'guest');
}

interface Attempt {
  home: Home;
  binaries: Binaries;
  options: EmbeddedOptions;
  role: Role;
  onLost: () => void;
}

interface Held {
  session: Session;
  port: number;
  isStartedHere: boolean;
}

async function hold(options: EmbeddedOptions, role: Role): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const home = await prepareHome(options.dataDir, binaries);
  const stopping = new AbortController();
  let recovery = Promise.resolve();
  const onLost = (): void => {
    recovery = recover();
  };
  const attempt: Attempt = { home, binaries, options, role, onLost };
  let held = await acquire(attempt, options.port);
  const { port, isStartedHere } = held;
  const trim = setInterval(() => void trimLog(home), 60_000).unref();

  /** Connections elsewhere hold on to the port, so that it is the same one or none. */
  async function recover(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        held = await acquire(attempt, port);
        options.log?.('the embedded database is back');
        return;
      } catch (error) {
        options.log?.(`the embedded database is away: ${error instanceof Error ? error.message : 'unknown error'}`);
        await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  const password = await readFile(home.password, 'utf8');
  return {
    url: urlOf({ password, port }),
    appUrl: urlOf({ user: appRole, password: appPasswordOf(password), port }),
    isStartedHere,
    stop: async () => {
      stopping.abort();
      clearInterval(trim);
      await recovery;
      const mayStop = role === 'server' || (await held.session.isLastUser().catch(() => false));
      const postmaster = mayStop ? await findPostmaster(home.data) : undefined;
      if (postmaster !== undefined) await stopPostmaster(postmaster.pid);
      await held.session.close();
    },
  };
}

/** Looks again after every step that another process may have been faster in. */
async function acquire({ home, binaries, options, role, onLost }: Attempt, wantedPort?: number): Promise<Held> {
  const settings = options.settings ?? {};
  const until = performance.now() + START_PATIENCE_MS;
  let isStartedHere = false;
  let lastError: unknown;
  while (performance.now() < until) {
    const postmaster = await findPostmaster(home.data);
    if (postmaster === undefined) {
      await ensureCluster(home, binaries, isDurable(settings));
      isStartedHere = await launch(home, binaries, wantedPort, settings);
      if (!isStartedHere) await sleep(50);
      continue;
    }
    if (postmaster.isReady) {
      try {
        const password = await readFile(home.password, 'utf8');
        const url = urlOf({ password, port: postmaster.port, database: 'postgres' });
        const wanted = { database: DATABASE, appPassword: appPasswordOf(password) };
        const session = await openSession(url, wanted, role, onLost);
        if (session === 'taken') throw alreadyRunning(options.dataDir);
        if (session !== 'stopping') return { session, port: postmaster.port, isStartedHere };
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw explain(error);
        lastError = error;
      }
    }
    await sleep(isAlive(postmaster.pid) ? 20 : 0);
  }
  throw new EmbeddedPostgresError('START_FAILED', `the embedded database did not become ready (${home.log})`, {
    cause: lastError,
  });
}

interface Address {
  user?: string;
  password: string;
  port: number;
  database?: string;
}

const urlOf = ({ user = SUPERUSER, password, port, database = DATABASE }: Address): string =>
  `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;

/** Derived: data of an earlier version have no second file. Nobody comes from it to the superuser's. */
const appPasswordOf = (password: string): string => createHmac('sha256', password).update(appRole).digest('hex');

const alreadyRunning = (dataDir: string): EmbeddedPostgresError =>
  new EmbeddedPostgresError('ALREADY_RUNNING', `another server is running on the data in ${dataDir}`);

function explain(error: unknown): EmbeddedPostgresError {
  if (error instanceof EmbeddedPostgresError) return error;
  const code = databaseErrorCode(error) ?? 'unknown error';
  return new EmbeddedPostgresError('START_FAILED', `the embedded database refused the connection (${code})`, {
    cause: error,
  });
}

async function trimLog(home: Home): Promise<void> {
  try {
    if ((await stat(home.log)).size > LOG_LIMIT_BYTES) await truncate(home.log);
  } catch {
    // The log is a convenience: without it everything works.
  }
}
