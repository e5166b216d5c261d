import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { listen } from './listen.ts';

/** A Redis that keeps nothing, for one test file. */
export interface TestRedis extends AsyncDisposable {
  url: string;
  /** Ends it without a word. */
  kill: () => Promise<void>;
  /** Brings it back, empty, at the same address. */
  start: () => Promise<void>;
}

const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

export const hasRedis = program !== undefined;
/** For the names of tests: what is skipped says why. */
export const withRedis = hasRedis ? 'Redis' : 'Redis (skipped: neither redis-server nor valkey-server is installed)';

export async function startTestRedis(): Promise<TestRedis> {
  if (program === undefined) throw new Error(withRedis);
  const port = await freePort();
  let child: ReturnType<typeof launch> | undefined;

  async function start(): Promise<void> {
    child = launch(program ?? '', port);
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false }))
      if (String(chunk).includes('eady to accept connections')) break;
    child.stdout.resume();
  }

  async function kill(): Promise<void> {
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  }

  await start();
  return { url: `redis://127.0.0.1:${port}`, start, kill, [Symbol.asyncDispose]: kill };
}

function launch(program: string, port: number) {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return spawn(program, settings, { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function freePort(): Promise<number> {
  await using server = createServer();
  return await listen(server);
}
