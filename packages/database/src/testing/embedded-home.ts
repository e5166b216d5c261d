import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient } from '../client.ts';
import { attachEmbeddedPostgres, startEmbeddedPostgres } from '../embedded/embedded.ts';
import type { EmbeddedOptions, EmbeddedPostgres } from '../embedded/embedded.ts';
import { findPostmaster, isAlive } from '../embedded/postmaster.ts';

export const isRoot = process.getuid?.() === 0;

type Holder = ChildProcessByStdio<null, Readable, null>;

/** A folder for embedded PostgreSQL. Disposed of, it ends whatever runs there. */
export interface EmbeddedHome extends AsyncDisposable {
  dataDir: string;
  /** In it, PostgreSQL's own. */
  data: string;
  /** Without durability, unless told otherwise. */
  start: (options?: Partial<EmbeddedOptions>) => Promise<EmbeddedPostgres>;
  attach: (options?: Partial<EmbeddedOptions>) => Promise<EmbeddedPostgres>;
  /** Another process that holds the data until SIGTERM, and prints `ready`, then `stopped`. */
  spawnHolder: () => Promise<Holder>;
  postmasterPid: () => Promise<number | undefined>;
  /** The same where it has to run. */
  pid: () => Promise<number>;
}

export async function createEmbeddedHome(): Promise<EmbeddedHome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'taskmaster-embedded-'));
  await chmod(dataDir, 0o755);
  const data = join(dataDir, 'postgres/cluster/data');
  const fast = { dataDir, settings: { fsync: 'off' } };
  const holders: Holder[] = [];
  const postmasterPid = async () => (await findPostmaster(data))?.pid;
  return {
    dataDir,
    data,
    start: (options) => startEmbeddedPostgres({ ...fast, ...options }),
    attach: (options) => attachEmbeddedPostgres({ ...fast, ...options }),
    async spawnHolder() {
      const holder = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir], {
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
      });
      holders.push(holder);
      await said(holder, 'ready');
      return holder;
    },
    postmasterPid,
    async pid() {
      const pid = await postmasterPid();
      if (pid === undefined) throw new Error('PostgreSQL is not running');
      return pid;
    },
    async [Symbol.asyncDispose]() {
      for (const holder of holders) holder.kill('SIGKILL');
      const pid = await postmasterPid();
      if (pid !== undefined) {
        process.kill(pid, 'SIGQUIT');
        while (isAlive(pid)) await sleep(10);
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const program = `
  import { startEmbeddedPostgres } from ${JSON.stringify(new URL('../embedded/embedded.ts', import.meta.url).href)};
  const { stop } = await startEmbeddedPostgres({ dataDir: process.argv[1], settings: { fsync: 'off' } });
  const timer = setInterval(() => {}, 1000);
  process.on('SIGTERM', async () => { await stop(); clearInterval(timer); process.stdout.write('stopped'); });
  process.on('SIGINT', () => {});
  process.stdout.write('ready');
`;

export const said = async (holder: Holder, word: string): Promise<void> =>
  new Promise((resolve, reject) => {
    holder.stdout.on('data', (chunk: Buffer) => chunk.toString().includes(word) && resolve());
    holder.once('exit', (code) => reject(new Error(`exit ${code} before ${word}`)));
  });

export async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = openClient(url, { max: 1 });
  try {
    return [...(await sql.unsafe(statement))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}
