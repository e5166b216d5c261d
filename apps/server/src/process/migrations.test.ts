import { createTestDatabase } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';

/** Each database has its own: what was applied, and all that stands in the schema. */
async function describe({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable) as line
      from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
      from pg_constraint where connamespace = 'public'::regnamespace
    union all select concat_ws(' ', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
    union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    order by 1
  `;
  return rows.map(({ line }) => line);
}

const history = async ({ sql }: TestDatabase) =>
  (await sql<{ count: number }[]>`select count(*)::int as count from drizzle.__drizzle_migrations`)[0]?.count ?? 0;

test('the command line goes up, down and up again, and the schema is the same', async () => {
  await using database = await createTestDatabase({ isEmpty: true });
  await using here = await createInstallation({ DATABASE_URL: database.url });

  expect((await here.cli(['migrate', 'current'])).stdout).toBe('base: no migration is applied\n');
  const up = await here.cli(['migrate', 'up']);
  expect(up).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied 0000_/) });
  const schema = await describe(database);
  const applied = await history(database);

  expect(await here.cli(['migrate', 'down'])).toMatchObject({ code: 0 });
  expect(await history(database)).toBe(applied - 1);
  expect((await here.cli(['migrate', 'history'])).stdout).toMatch(/ {2}pending\n$/);
  expect(await here.cli(['migrate', 'to', 'base'])).toMatchObject({ code: 0 });
  expect(await describe(database)).toEqual([]);
  expect((await here.cli(['migrate', 'up'])).stdout).toBe(up.stdout);
  expect(await describe(database)).toEqual(schema);
  expect((await here.cli(['migrate', 'up'])).stdout).toBe('nothing to be applied\n');
}, 120_000);

test('a server applies what is pending', async () => {
  await using database = await createTestDatabase();
  await using here = await createInstallation({ DATABASE_URL: database.url });
  const applied = await history(database);
  await here.cli(['migrate', 'down']);
  const server = await here.start();
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(await history(database)).toBe(applied);
  expect(await server.stop()).toBe(0);
}, 60_000);

test('two servers that start at once on one empty database both get ready', async () => {
  await using database = await createTestDatabase({ isEmpty: true });
  await using here = await createInstallation({ DATABASE_URL: database.url });
  const servers = await Promise.all([here.start(), here.start()]);
  for (const { url } of servers) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  for (const server of servers) expect(await server.stop()).toBe(0);
  // The keys that they share were made by one of them; what was logged arrives, also at the end.
  for (const server of servers) expect(server.output()).toMatch(/secrets\.json.*"stopping"/s);
}, 60_000);
