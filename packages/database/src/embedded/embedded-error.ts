/**
 * - `BINARIES_MISSING`: no PostgreSQL for this platform is installed
 * - `DATA_DIR_UNWRITABLE`: the folder cannot be made, written or reached by the user that PostgreSQL runs as
 * - `PORT_TAKEN`: the port that was asked for is in use
 * - `ALREADY_RUNNING`: another server holds these data
 * - `DATA_VERSION`: the data were written by another major version of PostgreSQL
 * - `START_FAILED`: PostgreSQL would not start; the message quotes its last words and names its log
 */
export type EmbeddedPostgresErrorCode =
  | 'BINARIES_MISSING'
  | 'DATA_DIR_UNWRITABLE'
  | 'PORT_TAKEN'
  | 'ALREADY_RUNNING'
  | 'DATA_VERSION'
  | 'START_FAILED';

/** One line for whoever starts the server. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
