import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedHome } from '../testing/embedded-home.ts';
import { createEmbeddedHome } from '../testing/embedded-home.ts';
import { findBinaries } from './binaries.ts';
import { startEmbeddedPostgres } from './embedded.ts';

let home: EmbeddedHome;

beforeEach(async () => {
  home = await createEmbeddedHome();
});

afterEach(() => home[Symbol.asyncDispose]());

test('no binaries for this platform', async () => {
  await expect(findBinaries('plan9-mips')).rejects.toMatchObject({
    code: 'BINARIES_MISSING',
    message: expect.stringContaining('plan9-mips'),
  });
});

test('the folder is a file', async () => {
  await writeFile(join(home.dataDir, 'postgres'), '');
  await expect(home.start()).rejects.toMatchObject({
    code: 'DATA_DIR_UNWRITABLE',
    message: expect.stringMatching(/cannot use .*postgres: EEXIST$/),
  });
});

test('the port that was asked for is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(home.start({ port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining(String(port)),
  });
  server.close();
});

test('a remembered port that is taken is replaced', async () => {
  await (await home.start()).stop();
  const port = Number(await readFile(join(home.dataDir, 'postgres/port'), 'utf8'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { url, stop } = await home.start();
  expect(new URL(url).port).not.toBe(String(port));
  await stop();
  server.close();
});

test('the data are of another major version', async () => {
  await (await home.start()).stop();
  await writeFile(join(home.data, 'PG_VERSION'), '19\n');
  await expect(home.start()).rejects.toMatchObject({
    code: 'DATA_VERSION',
    message: expect.stringContaining('was written by PostgreSQL 19, this server brings 18'),
  });
});

test('PostgreSQL will not start: its last words', async () => {
  await expect(
    startEmbeddedPostgres({ dataDir: home.dataDir, settings: { shared_buffers: 'nonsense' } }),
  ).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('shared_buffers'),
  });
});
