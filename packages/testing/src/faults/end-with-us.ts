import { spawn } from 'node:child_process';

/** A line says that there is nothing to end any more; the end of the lines, that nobody is left who could say so. */
const script = `
  read -r _ && exit
  kill -TERM "$1" && kill -CONT "$1" || exit
  for _ in $(seq 100); do
    sleep 0.1
    kill -0 "$1" || exit
  done
  kill -KILL "$1"
`;

/**
 * Ends a program when this process is gone, however it went: vitest kills a worker whose test ran out of time, and what is
 * killed hears of no `exit`. Call what is returned when the program has ended.
 */
export function endWithUs(pid: number): () => void {
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  watcher.stdin.on('error', () => undefined);
  return () => void watcher.stdin.end('over\n');
}
