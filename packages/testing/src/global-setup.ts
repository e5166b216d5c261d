import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@taskmaster/database/embedded';
import { migrate } from '@taskmaster/database/migrations';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { watchOver } from './faults/watch-over.ts';
import type { TestPostgres } from './provided.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../drizzle', import.meta.url));

let undo: (() => Promise<void>)[] = [];

/** One PostgreSQL per run (`TEST_DATABASE_URL`, or embedded), with one template database that is migrated once. */
export async function setup(project: TestProject): Promise<void> {
  const adminUrl = process.env['TEST_DATABASE_URL'] ?? (await startPostgres());
  const template = `taskmaster_template_${process.pid}`;
  const admin = postgres(adminUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`CREATE DATABASE ${template}`);
  undo.unshift(async () => {
    await admin.unsafe(`DROP DATABASE ${template} WITH (FORCE)`);
    await admin.end();
  });
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  await migrate({ url: url.href, folder: MIGRATIONS }).up();
  project.provide('testPostgres', { adminUrl, template } satisfies TestPostgres);
}

export async function teardown(): Promise<void> {
  const steps = undo;
  undo = [];
  for (const step of steps) await step();
}

/** Fast rather than durable: nothing in it outlives the run. */
async function startPostgres(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'taskmaster-test-'));
  undo.unshift(async () => rm(dataDir, { recursive: true, force: true }));
  // Under root PostgreSQL runs as another user, who has to get through.
  await chmod(dataDir, 0o755);
  const stopWatching = watchOver(dataDir);
  undo.unshift(async () => stopWatching());
  const embedded = await startEmbeddedPostgres({
    dataDir,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  undo.unshift(async () => embedded.stop());
  return embedded.url;
}
