import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';
import { committedDocument } from './committed-document.ts';

it('is what the server serves: after a change `pnpm --filter @taskmaster/server openapi` writes it anew', async () => {
  await using server = await startTestServer();
  const served = (await server.rest('GET', '/openapi.json')).json();
  expect(await readFile(committedDocument, 'utf8')).toBe(`${JSON.stringify(served, null, 2)}\n`);
});
