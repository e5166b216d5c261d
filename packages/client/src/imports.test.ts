import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const imports = /^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm;

/** What is loaded with a file, and with what that loads: names of packages, and files of ours. */
function loadedWith(file: string, loaded = new Set<string>()): Set<string> {
  loaded.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(imports)) {
    const isOurs = name.startsWith('.') || name.startsWith('@taskmaster/');
    const target = name.startsWith('.') ? new URL(name, `file://${file}`).href : isOurs && import.meta.resolve(name);
    if (!target) loaded.add(name);
    else if (!loaded.has(fileURLToPath(target))) loadedWith(fileURLToPath(target), loaded);
  }
  return loaded;
}

test('a browser loads no schema and no zod: of packages, tRPC alone', () => {
  const loaded = [...loadedWith(fileURLToPath(new URL('index.ts', import.meta.url)))];
  expect(loaded.filter((name) => !name.startsWith('/'))).toEqual(['@trpc/client']);
  expect(loaded.filter((name) => name.includes('/core/src/')).map((name) => name.replace(/.*\/src\//, ''))).toEqual(
    expect.arrayContaining(['wire.ts', 'errors/errors.model.ts', 'shared/wire.model.ts']),
  );
  expect(loaded.filter((name) => name.endsWith('.contract.ts'))).toEqual([]);
});
