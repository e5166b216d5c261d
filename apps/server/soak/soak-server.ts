import type { Variables } from '@taskmaster/testing/faults';
import { runProcess } from '../src/process/run-process.ts';
import { untilReady } from '../src/process/running-server.ts';

/** A server process that is killed and comes back at the same address. */
export interface SoakServer extends AsyncDisposable {
  url: string;
  pid: () => number;
  isRunning: () => boolean;
  /** `kill -9`. Resolves when the process is gone. */
  kill: () => Promise<void>;
  /** Starts it again, after `kill`. Resolves when it is ready; with the milliseconds that it took. */
  start: () => Promise<number>;
  /** SIGSTOP and SIGCONT. */
  pause: () => void;
  resume: () => void;
  /** Ends that nobody asked for. */
  crashes: () => number;
  /** Lines of its log that are errors. */
  errors: () => string[];
}

export async function startSoakServer(folder: string, env: Variables): Promise<SoakServer> {
  const launch = (port: string) => untilReady(runProcess('main.ts', [], { env: { ...env, PORT: port }, cwd: folder }));
  const state = { isRunning: true, isEndAsked: false, crashes: 0 };
  const logs: string[] = [];
  let process = watched(await launch('0'));
  const { url, port } = process;

  function watched<Process extends Awaited<ReturnType<typeof launch>>>(started: Process): Process {
    state.isRunning = true;
    state.isEndAsked = false;
    void started.ended.then(() => {
      state.isRunning = false;
      logs.push(started.output());
      if (!state.isEndAsked) state.crashes++;
    });
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    state.isEndAsked = true;
    // The balancer sends nobody there any more.
    state.isRunning = false;
    process.kill(signal);
    await process.ended;
  }

  return {
    url,
    pid: () => process.pid,
    isRunning: () => state.isRunning,
    kill: () => end('SIGKILL'),
    async start() {
      process = watched(await launch(String(port)));
      return process.startedInMs;
    },
    pause: () => process.kill('SIGSTOP'),
    resume: () => process.kill('SIGCONT'),
    crashes: () => state.crashes,
    errors: () => [...logs, process.output()].join('').split('\n').filter(isError),
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  };
}

/** Pino's lines: 50 is an error, 60 is fatal. Whatever else is printed to the standard error is one too. */
const isError = (line: string) => /^\{"level":[56]0/.test(line) || /^\s*at |Error:/.test(line);
