import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** The user that a program runs as. */
export interface User {
  uid: number;
  gid: number;
  /** A capability that lets it through folders that are closed to it (under /root, or a temporary folder). */
  capability?: string;
}

/** undefined: as this process. */
export type RunAs = User | undefined;

/** Nothing is inherited: PGDATA, PGPORT or a locale of the caller would change what PostgreSQL does. */
const CLEAN_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** In a session of its own: a signal to the caller's process group (Ctrl-C) must not reach it. */
export function spawnDetached(command: string[], runAs: RunAs, output: number | 'pipe'): ChildProcess {
  const [file = '', ...args] = runAs?.capability === undefined ? command : throughSetpriv(runAs, command);
  const user = runAs === undefined || runAs.capability !== undefined ? {} : { uid: runAs.uid, gid: runAs.gid };
  return spawn(file, args, {
    ...user,
    cwd: '/',
    env: CLEAN_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', output, output],
  });
}

/** setpriv (util-linux) keeps the capability across the change of user, and execs: the pid is the program's. */
function throughSetpriv({ uid, gid, capability }: User, command: string[]): string[] {
  const keep = `+${String(capability)}`;
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return ['setpriv', ...ids, `--inh-caps=${keep}`, `--ambient-caps=${keep}`, '--', ...command];
}

/** Runs a program to its end; never rejects for its exit code. Output is stdout and stderr together. */
export async function run(command: string[], runAs: RunAs): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawnDetached(command, runAs, 'pipe');
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? -1, output }));
  });
}
