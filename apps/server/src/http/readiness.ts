import { shareCalls } from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import type { Load } from '../load/load.ts';
import type { Readiness } from './probes.ts';

const probeDeadlineMs = 2_000;

export interface ReadinessSwitch extends Readiness {
  /** The balancer is told first, while requests are still answered. */
  goDown: () => void;
}

export interface ReadinessOptions {
  connection: Pick<DatabaseConnection, 'sql'>;
  /** As many as this code knows; a database with others is not the one it was started on. */
  appliedMigrations: number;
  load: Pick<Load, 'isHigh'>;
}

/**
 * Asks the database anew, for 2 s at the most, unless it is being asked: a flood of probes is one query at a time. Never
 * throws: whatever is wrong is "not ready".
 */
export function createReadiness({ connection, appliedMigrations, load }: ReadinessOptions): ReadinessSwitch {
  const { sql } = connection;
  let isStopping = false;

  async function probe(): Promise<boolean> {
    const [row] = await sql<{ applied: number }[]>`select count(*)::int as applied from drizzle.__drizzle_migrations`;
    return row?.applied === appliedMigrations;
  }
  const probeTogether = shareCalls(() => withDeadline(probe(), probeDeadlineMs));

  return {
    async isReady() {
      if (isStopping || load.isHigh()) return false;
      try {
        return await probeTogether();
      } catch {
        // Whatever keeps the database from answering is what "not ready" means.
        return false;
      }
    },
    isStopping: () => isStopping,
    goDown() {
      isStopping = true;
    },
  };
}
