import { defineConfig } from 'drizzle-kit';

// Paths are relative to packages/database, where pnpm runs the `generate` script.
export default defineConfig({
  dialect: 'postgresql',
  schema: '../core/src/tables.ts',
  out: '../../drizzle',
});
