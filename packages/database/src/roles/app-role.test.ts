import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appRole, canActAsApp, grantToApp } from './app-role.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql.unsafe(insertInto('id, action, entity_type, entity_id', ''));
});
afterAll(async () => database[Symbol.asyncDispose]());

const id = randomUUID();
const insertInto = (columns: string, forged: string, id = 'gen_random_uuid()') =>
  `INSERT INTO activity_logs (${columns}) OVERRIDING SYSTEM VALUE VALUES (${id}, 'x', 'task', gen_random_uuid() ${forged})`;
const given = 'id, action, entity_type, entity_id';

const denied = { code: '42501' };

describe('of the activity log the app’s role may not', () => {
  test.each([
    ['update it', `UPDATE activity_logs SET action = 'y'`],
    ['delete from it', 'DELETE FROM activity_logs'],
    ['truncate it', 'TRUNCATE activity_logs'],
    ['forge a position', insertInto(`${given}, seq`, ', 1')],
    ['forge a transaction', insertInto(`${given}, xid`, `, '3'`)],
    ['forge a time', insertInto(`${given}, created_at`, `, '2001-01-01'`)],
    [
      'overwrite by a conflict',
      `${insertInto(given, '', `'${id}'`).replace('OVERRIDING SYSTEM VALUE', '')} ON CONFLICT (id) DO UPDATE SET action = 'y'`,
    ],
    [
      'merge into it',
      `MERGE INTO activity_logs a USING (SELECT 1) s ON true WHEN MATCHED THEN UPDATE SET action = 'y'`,
    ],
    ['lock its rows', 'SELECT * FROM activity_logs FOR UPDATE'],
    ['lock it', 'DO $$ BEGIN LOCK TABLE activity_logs IN ACCESS EXCLUSIVE MODE; END $$'],
    ['switch its triggers off', 'ALTER TABLE activity_logs DISABLE TRIGGER ALL'],
    ['drop a trigger', 'DROP TRIGGER activity_logs_link ON activity_logs'],
    ['drop it', 'DROP TABLE activity_logs'],
    ['add a rule', 'CREATE RULE r AS ON INSERT TO activity_logs DO INSTEAD NOTHING'],
    [
      'add a trigger',
      'CREATE TRIGGER t BEFORE INSERT ON activity_logs FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    ],
    ['replace a function of its', `ALTER FUNCTION activity_content(activity_logs) RENAME TO mine`],
    ['be a replica', 'SET session_replication_role = replica'],
    ['shadow it', 'CREATE TEMPORARY TABLE activity_logs (id uuid)'],
    ['make tables', 'CREATE TABLE mine (id int)'],
    ['move its sequence', `SELECT setval('activity_logs_seq_seq', 1)`],
    ['take numbers of its sequence', `SELECT nextval('activity_logs_seq_seq')`],
    ['write a link', `INSERT INTO activity_links VALUES (gen_random_uuid(), 1, gen_random_uuid(), '')`],
    ['change a link', `UPDATE activity_links SET hash = ''`],
    ['delete links', 'DELETE FROM activity_links'],
    ['set back a head', 'UPDATE activity_heads SET position = 0'],
    ['delete heads', 'DELETE FROM activity_heads'],
    ['change what it says of people', `UPDATE activity_personal_details SET details = '{}'`],
    ['change an address', `UPDATE activity_addresses SET address = '192.0.2.9'`],
    ['write an address', `INSERT INTO activity_addresses VALUES ('x', gen_random_uuid(), '192.0.2.9', '')`],
    ['link by hand', 'SELECT activity_links_append(a) FROM activity_logs a'],
    ['grant itself more', `GRANT UPDATE ON activity_logs TO ${appRole}; UPDATE activity_logs SET action = 'y'`],
    ['read files', `COPY activity_logs FROM '/dev/null'`],
  ])('%s', async (_, statement) => {
    await expect(database.sql.unsafe(statement)).rejects.toMatchObject(denied);
  });
});

test('what the app’s role writes into the activity log is linked', async () => {
  const { sql } = database;
  await sql.unsafe(insertInto(given, '', `'${id}'`));
  expect(await sql`SELECT FROM activity_links WHERE log_id = ${id}`).toHaveLength(1);
});

test.each([
  [
    'everybody may make temporary tables, as in a new database',
    `DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO PUBLIC', current_database()); END $$`,
    `has_database_privilege('${appRole}', current_database(), 'TEMP')`,
  ],
  [
    'everybody may make tables, as in a database from before PostgreSQL 15',
    'GRANT CREATE ON SCHEMA public TO PUBLIC',
    `has_schema_privilege('${appRole}', 'public', 'CREATE')`,
  ],
  [
    'the role was given more by hand',
    `GRANT UPDATE ON activity_logs TO ${appRole}`,
    `has_table_privilege('${appRole}', 'activity_logs', 'UPDATE')`,
  ],
])('%s: it is taken away', async (_, given, privilege) => {
  const { owner } = database;
  const isHeld = () => owner.unsafe(`SELECT ${privilege} AS may`);
  await owner.unsafe(given);
  expect(await isHeld()).toEqual([{ may: true }]);
  const session = await owner.reserve();
  await grantToApp(session);
  session.release();
  expect(await isHeld()).toEqual([{ may: false }]);
});

test('of every other table the role has the rows, and nothing else', async () => {
  const held = await database.owner<{ relname: string; privileges: string }[]>`
    SELECT relname, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS privileges
      FROM pg_class, aclexplode(relacl)
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND grantee = ${appRole}::regrole
       AND relname NOT LIKE 'activity_%'
     GROUP BY relname`;
  expect(held.length).toBeGreaterThan(10);
  expect(new Set(held.map(({ privileges }) => privileges))).toEqual(new Set(['DELETE INSERT SELECT UPDATE']));
});

test('nobody logs in as the role that is made', async () => {
  const session = await database.owner.reserve();
  try {
    // Roles are the cluster's, and the embedded one gives its own a password: out of the way, and back by the rollback.
    await session.unsafe(`BEGIN; ALTER ROLE ${appRole} RENAME TO other_role`);
    await grantToApp(session);
    expect(await session`SELECT rolcanlogin FROM pg_roles WHERE rolname = ${appRole}`).toEqual([
      { rolcanlogin: false },
    ]);
  } finally {
    await session.unsafe('ROLLBACK');
    session.release();
  }
});

test('the function that links is not the role’s to call', async () => {
  const [privilege] = await database.owner`
    SELECT has_function_privilege(${appRole}, 'activity_links_append(activity_logs)', 'EXECUTE') AS may`;
  expect(privilege).toEqual({ may: false });
});

test('a role is taken on by whom it was granted to, and by nobody else', async () => {
  const { url, owner } = database;
  const as = (user: string) => Object.assign(new URL(url), { username: user, password: 'test' }).href;
  const [member, stranger] = ['member', 'stranger'].map((name) => `${name}_${randomUUID().slice(0, 8)}`);
  await owner.unsafe(`CREATE ROLE ${member} LOGIN PASSWORD 'test'; CREATE ROLE ${stranger} LOGIN PASSWORD 'test';
    GRANT ${appRole} TO ${member}`);
  try {
    expect(await canActAsApp(url)).toBe(true);
    expect(await canActAsApp(as(String(member)))).toBe(true);
    expect(await canActAsApp(as(String(stranger)))).toBe(false);
  } finally {
    await owner.unsafe(`DROP ROLE ${member}, ${stranger}`);
  }
});
