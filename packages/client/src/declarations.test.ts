import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const tsc = join(root, 'node_modules/.bin/tsc');

/** Every file that the compiler of a program reads which installs the client: what the packages emit, and no source. */
async function filesOfConsumer(): Promise<string[]> {
  // Errors of packages on the way are for `tsc -b` of the whole to tell; their declarations are emitted all the same.
  await run(tsc, ['-b', 'packages/client'], { cwd: root }).catch(() => {});
  const folder = await mkdtemp(join(root, 'packages/client/node_modules/.consumer-'));
  try {
    const config = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        composite: false,
        incremental: false,
        noEmit: true,
        emitDeclarationOnly: false,
        declaration: false,
      },
      files: [join(root, 'packages/client/dist/src/index.d.ts')],
      references: ['client', 'api', 'rest', 'core', 'database'].map((name) => ({ path: join(root, 'packages', name) })),
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = await run(tsc, ['-p', folder, '--listFilesOnly'], { maxBuffer: 2 ** 24 });
    return stdout.split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("a client's compiler loads the router, and no Drizzle", { timeout: 120_000 }, async () => {
  const files = await filesOfConsumer();
  expect(files.some((file) => file.endsWith('packages/api/dist/router.d.ts'))).toBe(true);
  expect(files.filter((file) => /drizzle-orm|packages\/database|\.table\.d\.ts/.test(file)).slice(0, 5)).toEqual([]);
});
