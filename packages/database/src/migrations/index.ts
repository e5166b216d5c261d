export { migrate } from './migrate.ts';
export type { AppliedMigration, MigrateOptions, Migrator } from './migrate.ts';
export { MigrationError } from './migration-error.ts';
export type { MigrationErrorCode } from './migration-error.ts';
