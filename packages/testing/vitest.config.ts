import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: fromHere('../..'),
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/{src,soak}/**/*.test.ts'],
    globalSetup: [fromHere('src/global-setup.ts')],
    setupFiles: [fromHere('src/fail-on-noise.ts')],
    // Processes, not threads: what the tests start (PostgreSQL, servers) and end is theirs alone.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // As long as `until` waits, and for its reason.
    expect: { poll: { timeout: 20_000 } },
  },
});
