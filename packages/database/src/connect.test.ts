import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { users } from '@taskmaster/core/tables';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { connectDatabase, databaseErrorCode, isDatabaseUnavailable, transaction, uniqueViolation } from './index.ts';

const ada = {
  id: '01890000-0000-7000-8000-000000000001',
  email: 'ada@x.org',
  username: 'ada',
  password_hash: 'secret-hash',
};

describe('connectDatabase', () => {
  test('every session has our time zone, isolation and deadlines', async () => {
    await using database = await createTestDatabase({ applicationName: 'settings' });
    const [row] = await database.sql`
      SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS statement,
             current_setting('lock_timeout') AS lock, current_setting('default_transaction_isolation') AS isolation,
             current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('application_name') AS name
    `;
    expect(row).toEqual({
      zone: 'UTC',
      statement: '10s',
      lock: '5s',
      isolation: 'read committed',
      idle: '10s',
      name: 'settings',
    });
  });

  test('logSql sees statements, never parameters', async () => {
    const lines: string[] = [];
    await using database = await createTestDatabase({ logSql: (line) => lines.push(line) });
    await database.db.insert(users).values(ada);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^insert into "users"/);
    expect(lines[0]).not.toContain('secret-hash');
  });

  test('an absent database is an unavailable one, soon', async () => {
    const { sql, close } = connectDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const error: unknown = await sql`SELECT 1`.catch((error: unknown) => error);
    expect(isDatabaseUnavailable(error)).toBe(true);
    await close();
  });

  test('a query does not wait for a connection without end', async () => {
    await using database = await createTestDatabase({ maxConnections: 1, queueTimeoutSeconds: 0.2 });
    const holder = database.sql.begin(async (tx) => tx`SELECT pg_sleep(1)`);
    await database.sql`SELECT 1`.catch(() => undefined);
    const error: unknown = await database.sql`SELECT 1`.catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'QUEUE_TIMEOUT' });
    expect(isDatabaseUnavailable(error)).toBe(true);
    await holder;
    expect(await database.sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  test('a connection that owes an answer for too long is given up for a new one', async () => {
    await using database = await createTestDatabase({ maxConnections: 1, answerTimeoutSeconds: 0.2 });
    const error: unknown = await database.sql`SELECT pg_sleep(2)`.catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'ANSWER_TIMEOUT' });
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(await database.sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });
});

describe('what hangs is ended by PostgreSQL, and counts as unavailable:', () => {
  const limits = { statementTimeoutSeconds: 0.4, lockTimeoutSeconds: 0.2, idleInTransactionTimeoutSeconds: 0.2 };
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(limits);
    await database.sql`SELECT 1`;
  });
  afterAll(() => database[Symbol.asyncDispose]());

  async function refusal(work: Promise<unknown>) {
    const error: unknown = await work.catch((error: unknown) => error);
    expect(isDatabaseUnavailable(error)).toBe(true);
    return databaseErrorCode(error);
  }

  test('a statement that runs too long, and none that does not', async () => {
    await database.sql`SELECT pg_sleep(0.05)`;
    expect(await refusal(database.sql`SELECT pg_sleep(5)`)).toBe('57014');
  });

  test('a statement that waits too long for a lock, and none that gets it in time', async () => {
    const holder = postgres(database.url, { max: 1 });
    await holder.begin(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(1)`;
      expect(await refusal(database.sql`SELECT pg_advisory_xact_lock(1)`)).toBe('55P03');
    });
    await database.sql`SELECT pg_advisory_xact_lock(1)`;
    await holder.end();
  });

  test('a transaction that stands open, and none that goes on in time', async () => {
    const openFor = (ms: number) =>
      transaction(database.db, async (tx) => {
        await tx.$count(users);
        await sleep(ms);
        return tx.$count(users);
      });
    expect(await openFor(20)).toBe(0);
    await refusal(openFor(600));
    await database.sql`SELECT 1`;
  });
});

describe('transaction', () => {
  test('commits what succeeds and rolls back what fails', async () => {
    await using database = await createTestDatabase();
    await transaction(database.db, async (tx) => tx.insert(users).values(ada));
    const again = transaction(database.db, async (tx) =>
      tx.insert(users).values({ ...ada, id: ada.id.replace(/1$/, '2') }),
    );
    const error: unknown = await again.catch((error: unknown) => error);
    expect(uniqueViolation(error)).toBe('users_email_key');
    expect(await database.db.$count(users)).toBe(1);
  });

  test('past its deadline it is rolled back, though its work goes on', async () => {
    await using database = await createTestDatabase();
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const late = transaction(
      database.db,
      async (tx) => {
        await tx.insert(users).values(ada);
        await released;
      },
      { deadlineMs: 100 },
    );
    const error: unknown = await late.catch((error: unknown) => error);
    expect(isDatabaseUnavailable(error)).toBe(true);
    release(undefined);
    await expect
      .poll(async () => (await database.sql`SELECT FROM pg_locks WHERE relation = 'users'::regclass`).length)
      .toBe(0);
    expect(await database.db.$count(users)).toBe(0);
  });

  test('a query that was not awaited cannot run on the connection of somebody else', async () => {
    await using database = await createTestDatabase({ maxConnections: 1 });
    let late: PromiseLike<unknown> | undefined;
    await database.sql.begin(async (tx) => {
      late = sleep(50).then(async () => tx`SELECT 1`);
      await tx`SELECT 1`;
    });
    await expect(Promise.resolve(late)).rejects.toMatchObject({ code: 'TRANSACTION_ENDED' });
  });
});
