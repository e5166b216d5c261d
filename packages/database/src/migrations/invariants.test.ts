import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreignKeyViolation } from '../errors.ts';

// The hand-written SQL of drizzle/0001_invariants.sql, against whoever may do the most: the owner, a superuser.

const user = (n: number): string => `01890000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`;
const ANY = user(99);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ maxConnections: 2 });
  for (const n of [1, 2]) {
    await database.owner`INSERT INTO users (id, email, username, password_hash) VALUES (${user(n)}, ${`${n}@x.org`}, ${`u${n}`}, 'x')`;
  }
});

afterAll(async () => database[Symbol.asyncDispose]());

const failure = async (statement: string): Promise<unknown> =>
  database.owner.unsafe(statement).then(
    () => 'no failure',
    (error: unknown) => error,
  );

const asReplica = 'SET LOCAL session_replication_role = replica';

describe('activity_logs', () => {
  const insert = `INSERT INTO activity_logs (id, action, entity_type, entity_id) VALUES (gen_random_uuid(), 'x', 'task', '${ANY}')`;

  test.each([
    ['UPDATE', `UPDATE activity_logs SET action = 'y'`],
    ['DELETE', 'DELETE FROM activity_logs'],
    ['TRUNCATE', 'TRUNCATE activity_logs'],
    ['TRUNCATE CASCADE', 'TRUNCATE activity_logs, users CASCADE'],
    ['DELETE as a replica', `${asReplica}; DELETE FROM activity_logs`],
    ['TRUNCATE as a replica', `${asReplica}; TRUNCATE activity_logs`],
    [
      'ON CONFLICT',
      `${insert.replace('gen_random_uuid()', '(SELECT id FROM activity_logs LIMIT 1)')} ON CONFLICT (id) DO UPDATE SET action = 'y'`,
    ],
  ])('%s is refused', async (_, statement) => {
    await database.owner.unsafe(insert);
    expect(await failure(statement)).toMatchObject({
      code: '23001',
      message: expect.stringContaining('append-only'),
    });
  });

  test.each(['SELECT', asReplica])(
    'position and time are the database’s, whatever the INSERT says (%s)',
    async (first) => {
      const [row] = await database.owner.begin(async (sql) => {
        await sql.unsafe(first);
        await sql`SELECT pg_sleep(0.01)`;
        return sql<{ mine: boolean; now: boolean; seq: string; highest: string }[]>`
        WITH forged AS (
          INSERT INTO activity_logs (id, action, entity_type, entity_id, seq, xid, created_at) OVERRIDING SYSTEM VALUE
          VALUES (gen_random_uuid(), 'x', 'task', ${ANY}, 999999, '3', '2001-01-01') RETURNING *
        )
        SELECT xid = pg_current_xact_id() AS mine, created_at BETWEEN now() + interval '9 ms' AND clock_timestamp() + interval '1 ms' AS now, seq,
               (SELECT last_value FROM activity_logs_seq_seq) AS highest
          FROM forged
      `;
      });
      expect(row).toMatchObject({ mine: true, now: true });
      expect(Number(row?.seq)).toBeLessThan(10_000);
    },
  );

  test('numbers grow in the order of insertion', async () => {
    const rows = await database.owner.unsafe(`${insert}, (gen_random_uuid(), 'y', 'task', '${ANY}') RETURNING seq`);
    expect(Number(rows[1]?.['seq'])).toBeGreaterThan(Number(rows[0]?.['seq']));
  });
});

test('a notification has the time when it is written, not that when its transaction began', async () => {
  const [row] = await database.owner.begin(async (sql) => {
    await sql`SELECT pg_sleep(0.01)`;
    return sql<{ isLate: boolean }[]>`INSERT INTO notifications (id, user_id, type, title)
      VALUES (gen_random_uuid(), ${user(1)}, 'x', 'x') RETURNING created_at >= now() + interval '9 ms' AS "isLate"`;
  });
  expect(row).toEqual({ isLate: true });
});

test('no function of this project looks anything up where its caller says', async () => {
  const open = await database.owner`
    SELECT proname FROM pg_proc p JOIN pg_language l ON l.oid = prolang
     WHERE pronamespace = 'public'::regnamespace AND (prosecdef OR lanname = 'plpgsql')
       AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)`;
  expect([...open]).toEqual([]);
});

describe('teams', () => {
  const team = user(50);

  test('the owner is a member, by the end of the transaction', async () => {
    expect(
      foreignKeyViolation(
        await failure(`INSERT INTO teams (id, name, owner_id) VALUES ('${team}', 't', '${user(1)}')`),
      ),
    ).toBe('teams_owner_is_member_fk');
    await database.owner.begin(async (sql) => {
      await sql`INSERT INTO teams (id, name, owner_id) VALUES (${team}, 't', ${user(1)})`;
      await sql`INSERT INTO team_members (team_id, user_id, role) VALUES (${team}, ${user(1)}, 'manager')`;
    });
    expect(foreignKeyViolation(await failure('DELETE FROM team_members'))).toBe('teams_owner_is_member_fk');
    expect(foreignKeyViolation(await failure(`UPDATE teams SET owner_id = '${user(2)}'`))).toBe(
      'teams_owner_is_member_fk',
    );
  });

  test('goes with its members in one statement', async () => {
    await database.owner`DELETE FROM teams`;
    expect(await database.owner`SELECT FROM team_members`).toHaveLength(0);
  });
});

test('an attachment leaves its key behind, by a cascade too', async () => {
  const [task, file] = [user(60), user(61)];
  await database.owner`INSERT INTO tasks (id, title, created_by_id) VALUES (${task}, 't', ${user(1)})`;
  await database.owner`
    INSERT INTO attachments (id, task_id, uploader_id, filename, content_type, size_bytes, sha256, storage_key)
    VALUES (${file}, ${task}, ${user(1)}, 'f', 'text/plain', 1, 'x', 'key-1')
  `;
  await database.owner`DELETE FROM tasks WHERE id = ${task}`;
  expect(await database.owner`SELECT storage_key FROM storage_garbage`).toEqual([{ storage_key: 'key-1' }]);
});
