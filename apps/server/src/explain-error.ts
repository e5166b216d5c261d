import { AppError } from '@taskmaster/core/errors';
import { databaseErrorCode, isDatabaseUnavailable } from '@taskmaster/database';
import { EmbeddedPostgresError } from '@taskmaster/database/embedded';
import { MigrationError } from '@taskmaster/database/migrations';
import { UsageError } from './cli/usage-error.ts';
import { WorkerError } from './cluster/worker-error.ts';
import { EnvError } from './env.ts';

const forOperators = [EnvError, EmbeddedPostgresError, MigrationError, UsageError, WorkerError, AppError];

/** One line that an operator can act on; for what only a programmer can, the stack. */
export function explainError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (forOperators.some((kind) => error instanceof kind)) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE') return 'PORT: is taken by another program';
  if ('code' in error && 'syscall' in error && error.syscall === 'listen')
    return `PORT, HOST: cannot listen (${String(error.code)})`;
  if (isDatabaseUnavailable(error)) return `the database is not available (${databaseErrorCode(error) ?? error.name})`;
  return error.stack ?? error.message;
}
