import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const REAL = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

test('the tables have no change that lacks its migration', async () => {
  // Inside the package: drizzle-kit takes `out` relative to where it runs.
  const out = await mkdtemp(join(PACKAGE, 'node_modules', '.drift-'));
  try {
    await cp(REAL, out, { recursive: true });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        fileURLToPath(import.meta.resolve('drizzle-kit')).replace(/[^/]+$/, 'bin.cjs'),
        'generate',
        '--dialect=postgresql',
        '--schema=../core/src/tables.ts',
        `--out=${out.slice(PACKAGE.length)}`,
      ],
      { cwd: PACKAGE, timeout: 25_000 },
    );
    expect(await readdir(out), `run: pnpm --filter @taskmaster/database generate\n${stdout}`).toEqual(
      await readdir(REAL),
    );
    expect(stdout).toContain('No schema changes');
  } finally {
    await rm(out, { recursive: true });
  }
});
