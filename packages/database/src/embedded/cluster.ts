import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import type { Home } from './home.ts';
import { isAlive } from './postmaster.ts';
import { run } from './run.ts';

export const SUPERUSER = 'taskmaster';

/** What this process is filling now. */
const drafts = new Set<string>();

/** Runs initdb unless it was done. `isDurable: false` (tests) leaves out its fsync. */
export async function ensureCluster(home: Home, binaries: Binaries, isDurable: boolean): Promise<void> {
  if ((await dataVersion(home)) !== undefined) return;
  await removeAbandoned(home);
  // Beside its place and renamed into it: killed half-way, or run twice at once, it leaves nothing to repair.
  const draft = join(home.folder, `init-${process.pid}-${randomBytes(4).toString('hex')}`);
  drafts.add(draft);
  try {
    await fill(draft, home, binaries, isDurable);
    await rename(draft, home.cluster);
    if (isDurable) await syncFolder(home.folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster: its cluster is as good.
    if ((await dataVersion(home)) === undefined) throw error;
  } finally {
    drafts.delete(draft);
  }
}

/** The major version of PostgreSQL that wrote the data, or undefined when there are none. */
export async function dataVersion(home: Home): Promise<number | undefined> {
  const text = await readFile(join(home.data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

async function fill(draft: string, home: Home, binaries: Binaries, isDurable: boolean): Promise<void> {
  const password = join(draft, 'password');
  await mkdir(draft, { mode: 0o700 });
  await writeFile(password, randomBytes(24).toString('hex'), { mode: 0o600, flush: isDurable });
  if (home.runAs !== undefined) {
    await chown(password, home.runAs.uid, home.runAs.gid);
    await chown(draft, home.runAs.uid, home.runAs.gid);
  }
  const { exitCode, output } = await run(
    [
      binaries.initdb,
      `--pgdata=${join(draft, 'data')}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // PostgreSQL's own Unicode tables: the same sorting and lower-casing on every system, whatever locales it has.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
      ...(isDurable ? [] : ['--no-sync']),
    ],
    home.runAs,
  );
  if (exitCode !== 0) {
    const reason = output.trim().split('\n').at(-1) ?? `exit code ${exitCode}`;
    throw new EmbeddedPostgresError('START_FAILED', `the embedded database could not be created: ${reason}`);
  }
  if (isDurable) await syncFolder(draft);
}

/** What a killed initdb left: its process is gone, or was an earlier one with our own number (1, in a container). */
async function removeAbandoned(home: Home): Promise<void> {
  for (const name of await readdir(home.folder)) {
    const [, pid] = /^init-(\d+)-/.exec(name) ?? [];
    if (pid === undefined) continue;
    const draft = join(home.folder, name);
    if (Number(pid) === process.pid ? drafts.has(draft) : isAlive(Number(pid))) continue;
    await rm(draft, { recursive: true, force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
