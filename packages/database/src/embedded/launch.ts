import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { dataVersion } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';
import type { Home } from './home.ts';
import { choosePort, portTaken } from './port.ts';
import { findPostmaster } from './postmaster.ts';
import { run, spawnDetached } from './run.ts';
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
  const log = openSync(home.log, 'a+', 0o600);
  try {
    const command = [binaries.postgres, '-D', home.data, ...settingsArguments(port, settings)];
    const child = spawnDetached(command, home.runAs, log);
    const failure = await untilReady(child, home);
    if (failure === undefined) return true;
    return explainExit(failure, readLog(log), home, port, wantedPort !== undefined);
  } finally {
    closeSync(log);
  }
}

/** What kept it from being ready, or undefined when it is. */
async function untilReady(child: ChildProcess, home: Home): Promise<Error | undefined> {
  const failures: Error[] = [];
  child.once('error', (error) => failures.push(error));
  child.unref();
  while (failures.length === 0 && child.exitCode === null && child.signalCode === null) {
    const postmaster = await findPostmaster(home.data);
    if (postmaster?.pid === child.pid && postmaster?.isReady === true) return undefined;
    await sleep(5);
  }
  return failures[0] ?? new Error(`exit code ${String(child.exitCode ?? child.signalCode)}`);
}

/** By descriptor: the file may have been moved away by another process that starts. */
function readLog(log: number): string[] {
  const text = Buffer.alloc(Math.min(fstatSync(log).size, 64 * 1024));
  readSync(log, text, 0, text.length, 0);
  return text.toString().trim().split('\n');
}

/** Some ways to fail pass: another process was faster, took the port, or is the last backend of a killed PostgreSQL. */
function explainExit(failure: Error, lines: string[], home: Home, port: number, isPortFixed: boolean): false {
  const text = lines.join('\n');
  if (
    /"postmaster.pid" (?:already exists|is empty)|bogus data in lock file|pre-existing shared memory block/.test(text)
  )
    return false;
  if (text.includes('could not bind') || text.includes('could not create any TCP/IP sockets')) {
    if (isPortFixed) throw portTaken(port);
    return false;
  }
  const words = lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? failure.message;
  throw new EmbeddedPostgresError('START_FAILED', `the embedded database did not start (${home.log}): ${words}`);
}

async function checkVersion(home: Home, binaries: Binaries): Promise<void> {
  const { output } = await run([binaries.postgres, '--version'], home.runAs);
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(output) ?? [];
  const written = await dataVersion(home);
  if (major === undefined || written === Number(major)) return;
  throw new EmbeddedPostgresError(
    'DATA_VERSION',
    `${home.data} was written by PostgreSQL ${String(written)}, this server brings ${major}: restore a dump, or run the server that wrote it`,
  );
}
