/**
 * - `FOLDER_INVALID`: the journal or a file it names is missing or unreadable
 * - `CHANGED`: a migration that was applied has been edited since
 * - `DATABASE_NEWER`: the database has a migration that this code does not know
 * - `DOWN_MISSING`: `NNNN_name.down.sql` is missing
 * - `LOCK_TIMEOUT`: another process has been migrating for too long
 * - `FAILED`: PostgreSQL refused a statement; that migration was rolled back, the ones before it stand
 */
export type MigrationErrorCode =
  | 'FOLDER_INVALID'
  | 'CHANGED'
  | 'DATABASE_NEWER'
  | 'DOWN_MISSING'
  | 'LOCK_TIMEOUT'
  | 'FAILED';

/** One line that says what to do something about. A connection that fails is not wrapped in it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
