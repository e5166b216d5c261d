import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Variables = Readonly<Record<string, string>>;

export interface RunningProcess {
  pid: number;
  /** Standard output and standard error, as they came. */
  output: () => string;
  stdout: () => string;
  write: (text: string) => void;
  kill: (signal: NodeJS.Signals) => void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Who is not root: for what root may do anyway. */
export const nobody = { uid: 65_534, gid: 65_534 };

/**
 * A program of this package as an operator starts it: with the variables given and none of the test's own, in a folder
 * that is not the project's, so that no `.env` is read.
 */
export function runProcess(
  program: 'main.ts' | 'cli.ts',
  args: readonly string[],
  options: { env: Variables; cwd: string; user?: { uid: number; gid: number } },
): RunningProcess {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options.user,
  });
  const chunks: { text: string; isError: boolean }[] = [];
  child.stdout.on('data', (data: Buffer) => chunks.push({ text: data.toString(), isError: false }));
  child.stderr.on('data', (data: Buffer) => chunks.push({ text: data.toString(), isError: true }));
  child.stdin.on('error', () => undefined);
  const text = (wanted: typeof chunks) => wanted.map((chunk) => chunk.text).join('');
  return {
    pid: child.pid ?? 0,
    output: () => text(chunks),
    stdout: () => text(chunks.filter(({ isError }) => !isError)),
    write: (line) => child.stdin.end(line),
    kill: (signal) => child.kill(signal),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal));
    }),
  };
}
