export { connectDatabase } from './connect.ts';
export type { ConnectOptions, Database, DatabaseConnection, Executor, Transaction } from './connect.ts';
export { DatabaseDeadlineError, withDeadline } from './deadline.ts';
export {
  checkViolation,
  databaseErrorCode,
  foreignKeyViolation,
  isDatabaseUnavailable,
  uniqueViolation,
} from './errors.ts';
export { appRole, canActAsApp } from './roles/app-role.ts';
export { sendThrough } from './send-through.ts';
export { transaction } from './transaction.ts';
