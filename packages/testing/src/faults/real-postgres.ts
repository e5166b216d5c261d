import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, startEmbeddedPostgres } from '@taskmaster/database/embedded';
import postgres from 'postgres';

/** As in production: durable, and apart from the PostgreSQL of the tests. */
export interface RealPostgres extends AsyncDisposable {
  url: string;
  /** Takes it down, as `pg_ctl stop -m` does, and brings it back at the same address. Resolves when it answers. */
  restart: (mode: 'fast' | 'immediate') => Promise<void>;
}

const signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

export async function startRealPostgres(settings: Readonly<Record<string, string>> = {}): Promise<RealPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'taskmaster-postgres-'));
  // Under root PostgreSQL runs as another user, who has to get through.
  await chmod(dataDir, 0o755);
  // Whoever holds the data starts a PostgreSQL again that has ended without being asked: that is the other half of a restart.
  const held = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '200', ...settings } });

  const pid = () => Number(readFileSync(join(dataDir, 'postgres/cluster/data/postmaster.pid'), 'utf8').split('\n')[0]);

  // PostgreSQL outlives its starter by design. A run that is broken off must leave neither it nor its folder behind.
  const destroy = () => {
    process.kill(pid(), 'SIGQUIT');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', destroy);

  async function untilItAnswers(): Promise<void> {
    for (;;) {
      const sql = postgres(held.url, { max: 1, fetch_types: false, connect_timeout: 5 });
      try {
        await sql`select 1`;
        return;
      } catch {
        await sleep(50);
      } finally {
        await sql.end({ timeout: 1 });
      }
    }
  }

  return {
    url: held.url,
    async restart(mode) {
      const old = pid();
      process.kill(old, signals[mode]);
      while (isAlive(old)) await sleep(5);
      await untilItAnswers();
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', destroy);
      await held.stop();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
