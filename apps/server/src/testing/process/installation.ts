import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, watchOver } from '@taskmaster/testing/faults';
import type { RunningProcess, Variables } from '@taskmaster/testing/faults';
import { runProcess } from './run-process.ts';
import type { RunningServer } from './running-server.ts';
import { untilReady } from './running-server.ts';

export interface Outcome {
  code: number | NodeJS.Signals | null;
  stdout: string;
  output: string;
}

const compileCache = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url));

/** A folder with its own data, where servers and commands run. What is left of them in the end is killed. */
export async function createInstallation(variables: Variables = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-process-'));
  // Under root PostgreSQL runs as another user, who has to get through.
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'data');
  const env: Variables = {
    DATA_DIR: dataDir,
    UPLOAD_DIR: join(folder, 'uploads'),
    PORT: '0',
    RATE_LIMIT_LOGIN: '1000/minute',
    // A start compiles some hundred files: a third of its work, done once for all of them.
    NODE_COMPILE_CACHE: compileCache,
    ...variables,
  };
  const processes: RunningProcess[] = [];
  const stopWatching = watchOver(dataDir, folder);

  function launch(program: 'main.ts' | 'cli.ts', args: readonly string[], changes: Variables = {}) {
    const started = runProcess(program, args, { env: { ...env, ...changes }, cwd: folder });
    processes.push(started);
    return started;
  }

  async function outcomeOf(started: RunningProcess): Promise<Outcome> {
    const code = await started.ended;
    return { code, stdout: started.stdout(), output: started.output() };
  }

  const inPostgres = (file: string) => readFile(join(dataDir, 'postgres', file), 'utf8').catch(() => '');

  /** The lines of PostgreSQL's own lock file. */
  const postgresLock = async () => (await inPostgres('cluster/data/postmaster.pid')).split('\n');

  /** Of the embedded PostgreSQL, alive or not. */
  async function postgresPid(): Promise<number | undefined> {
    const pid = Number((await postgresLock())[0]);
    return pid > 0 ? pid : undefined;
  }

  /** For a program that is told the address, rather than the folder. */
  async function postgresUrl(): Promise<string> {
    const [password, lock] = await Promise.all([inPostgres('cluster/password'), postgresLock()]);
    return `postgres://taskmaster:${password}@127.0.0.1:${lock[3]}/taskmaster`;
  }

  return {
    folder,
    dataDir,
    env,
    launch,
    postgresPid,
    postgresUrl,
    postgresLog: () => inPostgres('postgres.log'),
    start: (changes?: Variables): Promise<RunningServer> => untilReady(launch('main.ts', [], changes)),
    /** A start that is refused. */
    fail: (changes?: Variables) => outcomeOf(launch('main.ts', [], changes)),
    cli: (args: readonly string[], { input = '', ...changes }: { input?: string } & Variables = {}) => {
      const started = launch('cli.ts', args, changes);
      started.write(input);
      return outcomeOf(started);
    },
    async [Symbol.asyncDispose]() {
      for (const started of processes) started.kill('SIGKILL');
      await Promise.all(processes.map(({ ended }) => ended));
      const pid = await postgresPid();
      if (pid !== undefined && isAlive(pid)) {
        process.kill(pid, 'SIGQUIT');
        while (isAlive(pid)) await sleep(10);
      }
      stopWatching();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export type Installation = Awaited<ReturnType<typeof createInstallation>>;
