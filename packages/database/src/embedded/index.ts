export { attachEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export type { EmbeddedOptions, EmbeddedPostgres } from './embedded.ts';
export { EmbeddedPostgresError } from './embedded-error.ts';
export type { EmbeddedPostgresErrorCode } from './embedded-error.ts';
export type { EmbeddedSettings } from './settings.ts';
export { isAlive } from './postmaster.ts';
