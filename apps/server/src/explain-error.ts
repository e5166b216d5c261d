import { AppError } from '@taskmaster/core/errors';
import { databaseErrorCode, isDatabaseUnavailable } from '@taskmaster/database';
import { EmbeddedPostgresError } from '@taskmaster/database/embedded';
import { MigrationError } from '@taskmaster/database/migrations';
import { UsageError } from './cli/usage-error.ts';
import { WorkerError } from './cluster/worker-error.ts';
import { EnvError } from './env.ts';
import { ListenError } from './start/listen-on.ts';

const forOperators = [EnvError, EmbeddedPostgresError, ListenError, MigrationError, UsageError, WorkerError, AppError];

/** One line that an operator can act on; for what only a programmer can, the stack. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (forOperators.some((kind) => error instanceof kind)) return error.message;
  if (isDatabaseUnavailable(error)) return `the database is not available (${databaseErrorCode(error) ?? error.name})`;
  return error.stack ?? error.message;
}
