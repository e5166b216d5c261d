import type { Variables } from '@taskmaster/testing/faults';
import { runProcess } from '../../src/testing/process/run-process.ts';
import { untilReady } from '../../src/testing/process/running-server.ts';

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
  let running = watched(await launch('0'));
  const { url, port } = running;
  // Whoever breaks a run off leaves nothing behind.
  const killNow = () => running.kill('SIGKILL');
  process.once('exit', killNow);

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
    running.kill(signal);
    await running.ended;
  }

  return {
    url,
    pid: () => running.pid,
    isRunning: () => state.isRunning,
    kill: () => end('SIGKILL'),
    async start() {
      running = watched(await launch(String(port)));
      return running.startedInMs;
    },
    pause: () => running.kill('SIGSTOP'),
    resume: () => running.kill('SIGCONT'),
    crashes: () => state.crashes,
    errors: () => [...logs, running.output()].join('').split('\n').filter(isError),
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      process.off('exit', killNow);
    },
  };
}

/** Pino's lines: 50 is an error, 60 is fatal. Whatever else is printed to the standard error is one too. */
const isError = (line: string) => /^\{"level":[56]0/.test(line) || /^\s*at |Error:/.test(line);
