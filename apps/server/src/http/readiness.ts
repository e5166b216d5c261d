import type { DatabaseConnection } from '@taskmaster/database';
import { withDeadline } from '@taskmaster/database';
import type { Readiness } from './probes.ts';

const probeDeadlineMs = 2_000;

export interface ReadinessSwitch extends Readiness {
  /** The balancer is told first, while requests are still answered. */
  goDown: () => void;
}

/** `appliedMigrations`: as many as this code knows; a database with others is not the one it was started on. */
export function createReadiness({ sql }: Pick<DatabaseConnection, 'sql'>, appliedMigrations: number): ReadinessSwitch {
  let isStopping = false;

  async function probe(): Promise<boolean> {
    const [row] = await sql<{ applied: number }[]>`select count(*)::int as applied from drizzle.__drizzle_migrations`;
    return row?.applied === appliedMigrations;
  }

  return {
    async isReady() {
      if (isStopping) return false;
      try {
        return await withDeadline(probe(), probeDeadlineMs);
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
