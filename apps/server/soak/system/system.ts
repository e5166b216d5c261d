import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, startRealPostgres, startTcpProxy, through } from '@taskmaster/testing/faults';
import type { RealPostgres, TcpProxy, Variables } from '@taskmaster/testing/faults';
import postgres from 'postgres';
import type { Sql } from 'postgres';
import { startSoakServer } from './soak-server.ts';
import type { SoakServer } from './soak-server.ts';

/** What tokens are signed with, so that a scenario can make ten thousand of them without ten thousand logins. */
export const secretKey = 'a key for soaks that is long enough to be one';

export interface SystemOptions {
  /** Server processes. */
  processes: number;
  env?: Variables;
  /** Servers reach PostgreSQL through `databaseLine`, rather than directly. */
  hasDatabaseLine?: boolean;
  /** Of PostgreSQL. */
  settings?: Variables;
}

/** Several server processes on one real PostgreSQL, and the lines between them and everybody else. */
export interface System extends AsyncDisposable {
  database: RealPostgres;
  /** To the database, past all faults. */
  sql: Sql;
  servers: readonly SoakServer[];
  /** One that runs, at random. */
  anyServer: () => SoakServer;
  /** A load balancer before the processes that run. */
  balancer: TcpProxy;
  url: string;
  databaseLine: TcpProxy | undefined;
  uploadDir: string;
}

export async function startSystem({
  processes,
  env = {},
  hasDatabaseLine = false,
  settings = {},
}: SystemOptions): Promise<System> {
  const resources = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'taskmaster-soak-'));
    const removal = { recursive: true, force: true, maxRetries: 5 } as const;
    const removeNow = () => rmSync(folder, removal);
    process.once('exit', removeNow);
    resources.defer(async () => {
      process.off('exit', removeNow);
      await rm(folder, removal);
    });
    const database = resources.use(await startRealPostgres(settings));
    const sql = postgres(database.url, { max: 30, onnotice: () => undefined });
    resources.defer(() => sql.end({ timeout: 1 }));
    const databaseLine = hasDatabaseLine
      ? resources.use(await startTcpProxy(() => addressOf(database.url)))
      : undefined;
    const uploadDir = join(folder, 'uploads');
    const variables: Variables = {
      DATABASE_URL: databaseLine ? through(databaseLine, database.url) : database.url,
      DATA_DIR: join(folder, 'data'),
      UPLOAD_DIR: uploadDir,
      SECRET_KEY: secretKey,
      REFRESH_SECRET_KEY: `${secretKey} too`,
      RATE_LIMIT_ALL: '100000000/minute',
      RATE_LIMIT_LOGIN: '100000000/minute',
      RATE_LIMIT_REGISTER: '100000000/minute',
      RATE_LIMIT_ACCOUNT: '100000000/minute',
      RATE_LIMIT_WRITES: '100000000/minute',
      RATE_LIMIT_UPLOADS: '100000000/minute',
      RATE_LIMIT_SEARCHES: '100000000/minute',
      LOG_LEVEL: 'error',
      ...env,
    };
    const servers: SoakServer[] = [];
    for (let index = 0; index < processes; index++) {
      servers.push(resources.use(await startSoakServer(folder, variables)));
    }
    const anyServer = () => {
      const running = servers.filter((server) => server.isRunning());
      const server = running[Math.floor(Math.random() * running.length)] ?? servers[0];
      if (!server) throw new Error('a system has at least one process');
      return server;
    };
    const balancer = resources.use(await startTcpProxy(() => addressOf(anyServer().url)));
    const owned = resources.move();
    return {
      database,
      sql,
      servers,
      anyServer,
      balancer,
      url: `http://127.0.0.1:${balancer.port}`,
      databaseLine,
      uploadDir,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

/** Ends of processes that nobody asked for. */
export const crashesOf = ({ servers }: Pick<System, 'servers'>): number =>
  servers.reduce((total, server) => total + server.crashes(), 0);
