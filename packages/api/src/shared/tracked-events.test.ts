import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/**
 * `tracked()` marks an event with a symbol of its instance: a second @trpc/server in the workspace, as differing peers
 * make it, would serve events whose ids no client finds.
 */
test('there is one @trpc/server in the workspace', async () => {
  const lockfile = await readFile(new URL('../../../../pnpm-lock.yaml', import.meta.url), 'utf8');
  const instances = new Set(lockfile.match(/^ {2}'@trpc\/server@[^']*\([^']*'(?=:)/gm));
  expect([...instances]).toHaveLength(1);
});
