import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What `postmaster.pid` says about a PostgreSQL that is up, or on its way up or down. */
export interface Postmaster {
  pid: number;
  port: number;
  isReady: boolean;
}

/** The process that runs on these data, by its lock file; undefined when there is none. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const path = join(data, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) {
    await removeUnreadable(path);
    return undefined;
  }
  // PostgreSQL takes over the file of a dead process by itself, and checks that nothing of it is left.
  if (!isAlive(pid)) return undefined;
  if (isForeign(pid, data)) {
    await disown(path, lines);
    return undefined;
  }
  return { pid, port: Number(lines[3]), isReady: lines[7]?.startsWith('ready') ?? false };
}

/** A loss of power may leave it empty or garbled, and PostgreSQL waits for a person. One that starts fills it at once. */
async function removeUnreadable(path: string): Promise<void> {
  const written = await stat(path).catch(() => undefined);
  if (written !== undefined && Date.now() - written.mtimeMs > 5_000) await rm(path, { force: true });
}

/**
 * After a reboot or in a new container another process may have the number, and PostgreSQL would refuse to start until
 * somebody removed the file. Only the number is replaced, by one that no process can have: the key of the shared memory
 * stays, so that PostgreSQL still notices a survivor.
 */
async function disown(path: string, lines: string[]): Promise<void> {
  await writeFile(path, ['2147483646', ...lines.slice(1)].join('\n'));
}

/** True only when it is certain: a postmaster works in its data folder. */
function isForeign(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(data);
  } catch {
    return false;
  }
}

/** Whether a process exists. One that has ended and that nobody has waited for (an orphan in a container) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !status.slice(status.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

/** Fast shutdown (open transactions are rolled back), more and more firmly; returns when the process is gone. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const until = performance.now() + patienceMs;
    while (isAlive(pid) && performance.now() < until) await sleep(10);
  }
}
