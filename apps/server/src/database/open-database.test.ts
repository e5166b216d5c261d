import { randomUUID } from 'node:crypto';
import { appRole } from '@taskmaster/database';
import { createTestDatabase } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnvError, readEnv } from '../env.ts';
import { createTestLog } from '../testing/test-log.ts';
import { openDatabase } from './open-database.ts';

// The ways of "Database roles" in apps/server/deploy/README.md.

const [member, stranger] = ['member', 'stranger'].map((name) => `${name}_${randomUUID().slice(0, 8)}`);
let database: TestDatabase;

const as = (user = '') => Object.assign(new URL(database.url), { username: user, password: 'test' }).href;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner
    .unsafe(`CREATE ROLE ${member} LOGIN PASSWORD 'test'; CREATE ROLE ${stranger} LOGIN PASSWORD 'test';
    GRANT ${appRole} TO ${member}`);
});
afterAll(async () => {
  await database.owner.unsafe(`DROP ROLE ${member}, ${stranger}`);
  await database[Symbol.asyncDispose]();
});

/** With whose rights requests are served, and what the operator hears. */
async function rightsOf(variables: Record<string, string>) {
  const log = createTestLog({ DEBUG: false, LOG_LEVEL: 'warn' });
  const opened = await openDatabase(readEnv(variables), log.logger, 'server');
  const { sql, close } = await opened.connect();
  try {
    const [session] = await sql<{ rights: string }[]>`SELECT current_user AS rights`;
    return { rights: session?.rights, warnings: log.lines.length };
  } finally {
    await close();
  }
}

test('the owner alone serves with the rights of the application’s role', async () => {
  expect(await rightsOf({ DATABASE_URL: database.url })).toEqual({ rights: appRole, warnings: 0 });
});

test('a user of its own, beside the owner, serves with the rights of the application’s role', async () => {
  const variables = { DATABASE_URL: as(member), MIGRATION_DATABASE_URL: database.url };
  expect(await rightsOf(variables)).toEqual({ rights: appRole, warnings: 0 });
});

test('a user who may not act as the role ends the start where there is another to migrate, and is told of where not', async () => {
  const variables = { DATABASE_URL: as(stranger), MIGRATION_DATABASE_URL: database.url };
  await expect(rightsOf(variables)).rejects.toThrow(
    new EnvError(
      `DATABASE_URL: its user may not act as the application's role (as an administrator: GRANT ${appRole} TO "${stranger}")`,
    ),
  );
  expect(await rightsOf({ DATABASE_URL: as(stranger) })).toEqual({ rights: stranger, warnings: 1 });
});
