import { spawn } from 'node:child_process';
import { endWithUs } from './end-with-us.ts';

export type Variables = Readonly<Record<string, string>>;

export interface RunningProcess {
  pid: number;
  /** Standard output and standard error, as they came. */
  output: () => string;
  stdout: () => string;
  write: (text: string) => void;
  /** SIGKILL is the crash; SIGSTOP makes it stand still, with all its connections open, until SIGCONT. */
  kill: (signal: NodeJS.Signals) => void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface ProgramOptions {
  /** All that it sees: nothing of ours is passed on. */
  env: Variables;
  cwd: string;
  user?: { uid: number; gid: number };
}

/** Runs a file under this Node, with the variables given and none of the caller's own. It does not outlive this process. */
export function runProgram(path: string, args: readonly string[], options: ProgramOptions): RunningProcess {
  const child = spawn(process.execPath, [path, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options.user,
  });
  if (child.pid !== undefined) child.once('exit', endWithUs(child.pid));
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
