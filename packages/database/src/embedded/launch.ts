import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { dataVersion } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import type { Home } from './home.ts';
import { choosePort, portTaken } from './port.ts';
import { findPostmaster } from './postmaster.ts';
import { CLEAN_ENVIRONMENT, run } from './run.ts';
import type { EmbeddedSettings } from './settings.ts';
import { settingsArguments } from './settings.ts';

/**
 * Starts PostgreSQL and waits until it takes connections. False: another process was faster, look again.
 * It gets a session of its own, so that a signal to the server's process group (Ctrl-C) does not reach it: the server
 * stops it after it has drained.
 */
export async function launch(
  home: Home,
  binaries: Binaries,
  wantedPort: number | undefined,
  settings: EmbeddedSettings,
): Promise<boolean> {
  await checkVersion(home, binaries);
  const port = await choosePort(home, wantedPort);
  await rename(home.log, `${home.log}.1`).catch(() => undefined);
  const log = openSync(home.log, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(binaries.postgres, ['-D', home.data, ...settingsArguments(port, settings)], {
      ...home.runAs,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  const failures: Error[] = [];
  child.once('error', (error) => failures.push(error));
  child.unref();
  while (failures.length === 0 && child.exitCode === null && child.signalCode === null) {
    const postmaster = await findPostmaster(home.data);
    if (postmaster?.pid === child.pid && postmaster?.isReady === true) return true;
    await sleep(5);
  }
  return explainExit(home, port, wantedPort !== undefined, failures[0]);
}

/** Two ways to fail are a race with another process: its lock file, or its port. */
function explainExit(home: Home, port: number, isPortFixed: boolean, failure: Error | undefined): false {
  const lines = readFileSync(home.log, 'utf8').trim().split('\n');
  const text = lines.join('\n');
  if (text.includes('"postmaster.pid" already exists')) return false;
  if (text.includes('could not bind') || text.includes('could not create any TCP/IP sockets')) {
    if (isPortFixed) throw portTaken(port);
    return false;
  }
  const words = failure?.message ?? lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '';
  throw new EmbeddedPostgresError('START_FAILED', `the embedded database did not start (${home.log}): ${words}`);
}

async function checkVersion(home: Home, binaries: Binaries): Promise<void> {
  const { output } = await run(binaries.postgres, ['--version'], home.runAs);
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(output) ?? [];
  const written = await dataVersion(home);
  if (major === undefined || written === Number(major)) return;
  throw new EmbeddedPostgresError(
    'DATA_VERSION',
    `${home.data} was written by PostgreSQL ${String(written)}, this server brings ${major}: restore a dump, or run the server that wrote it`,
  );
}
