import { spawn } from 'node:child_process';

/** Whom a program runs as; undefined: as this process. */
export type RunAs = { uid: number; gid: number } | undefined;

/** Nothing is inherited: PGDATA, PGPORT or a locale of the caller would change what PostgreSQL does. */
export const CLEAN_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Runs a program to its end; never rejects for its exit code. Output is stdout and stderr together. */
export async function run(file: string, args: string[], runAs: RunAs): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...runAs,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      // Its own session: Ctrl-C in the first second must not leave half an initdb.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? -1, output }));
  });
}
