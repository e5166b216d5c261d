import { readFileSync } from 'node:fs';

/** Whether the process runs. One that has ended and was not waited for (an orphan in a container) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
  } catch (error) {
    // Without /proc the signal alone decides.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
