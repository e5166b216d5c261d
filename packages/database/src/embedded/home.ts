import { chmod, chown, mkdir, readFile, stat, access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import { run } from './run.ts';
import type { RunAs, User } from './run.ts';

/** Where one embedded PostgreSQL lives. Everything is under `<dataDir>/postgres`; nothing else of dataDir is touched. */
export interface Home {
  folder: string;
  /** Made in one rename, so that it is either complete or absent: `data` and `password`. */
  cluster: string;
  data: string;
  password: string;
  port: string;
  log: string;
  runAs: RunAs;
}

/** Makes the folder, owned by the user that PostgreSQL will run as (it refuses to be root). */
export async function prepareHome(dataDir: string, binaries: Binaries): Promise<Home> {
  const folder = join(resolve(dataDir), 'postgres');
  const user = await makeFolder(folder);
  if (user === undefined) await checkOwnAccess(folder);
  const runAs = user === undefined ? undefined : await withAccess(user, folder, binaries);
  const cluster = join(folder, 'cluster');
  return {
    folder,
    cluster,
    data: join(cluster, 'data'),
    password: join(cluster, 'password'),
    port: join(folder, 'port'),
    log: join(folder, 'postgres.log'),
    runAs,
  };
}

async function makeFolder(folder: string): Promise<RunAs> {
  try {
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o755 })) !== undefined;
    if (process.getuid?.() !== 0) {
      if (isNew) await chmod(folder, 0o700);
      return undefined;
    }
    const owner = await stat(folder);
    // Whoever owns the data goes on owning them, even if it was started by somebody else first.
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
    const runAs = await unprivilegedUser();
    await chown(folder, runAs.uid, runAs.gid);
    await chmod(folder, 0o700);
    return runAs;
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    throw unwritable(folder, reasonOf(error), error);
  }
}

/** An existing user; none is created. */
async function unprivilegedUser(): Promise<User> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError(
    'START_FAILED',
    'PostgreSQL does not run as root, and there is no user postgres or nobody to run it as: set DATABASE_URL',
  );
}

async function checkOwnAccess(folder: string): Promise<void> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, reasonOf(error), error);
  }
}

/**
 * Asked of the system as that user: modes, groups, ACLs and mounts all count. Root's own folders are closed to it, often
 * the one that the project was cloned into: then the first capability that helps comes along. It opens nothing to
 * the application, which runs as root.
 */
async function withAccess(user: User, folder: string, binaries: Binaries): Promise<User> {
  const script = 'cd "$1" 2>/dev/null && test -w . || exit 3; test -x "$2" || exit 4';
  const check = ['/bin/sh', '-c', script, 'sh', folder, binaries.postgres];
  const first = await run(check, user);
  if (first.exitCode === 0) return user;
  for (const capability of ['dac_read_search', 'dac_override']) {
    const candidate = { ...user, capability };
    const { exitCode } = await run(check, candidate).catch(() => ({ exitCode: -1 }));
    if (exitCode === 0) return candidate;
  }
  const path = first.exitCode === 4 ? binaries.postgres : folder;
  throw unwritable(path, `user ${user.uid}, whom PostgreSQL runs as under root, cannot reach it`);
}

const reasonOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'error');

const unwritable = (path: string, reason: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError('DATA_DIR_UNWRITABLE', `the embedded database cannot use ${path}: ${reason}`, { cause });
