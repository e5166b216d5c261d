import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startTestServer } from '../../testing/test-server.ts';
import { committedDocument } from '../committed-document.ts';
import { program } from './program.ts';

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What a compiler complains of stands on its standard output. */
const outputOf = (running: Promise<{ stdout: string }>): Promise<unknown> =>
  running.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: 'es2024',
  module: 'nodenext',
  lib: ['es2024', 'dom'],
  types: [],
  allowImportingTsExtensions: true,
};

it('leads to a client that compiles and works, with nothing else known', { timeout: 120_000 }, async () => {
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-third-party-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  await symlink(at('../../../node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  await writeFile(join(folder, 'program.ts'), program);

  const node = (...args: string[]) => run(process.execPath, args, { cwd: folder });
  await node('--import', at('typescript-5.ts'), at('generate-types.ts'), committedDocument, join(folder, 'openapi.ts'));
  expect(await outputOf(node(at('../../../../../node_modules/typescript/bin/tsc')))).toBe('');

  await using server = await startTestServer();
  const { stdout } = await node('program.ts', server.origin);
  expect(JSON.parse(stdout)).toEqual({
    registered: [201, 'ann'],
    made: [201, ['a', 'b']],
    list: [200, ['Ship it']],
    patched: [200, 'done'],
    stale: [412, 'STALE_VERSION'],
    archived: 204,
  });
});
