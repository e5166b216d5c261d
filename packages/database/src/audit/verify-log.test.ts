import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keepCopy, putBack, tamper, tamperings } from '../testing/tamper.ts';
import { readHeads } from './read-heads.ts';
import type { ChainHead } from './verify-log.ts';
import { verifyLog } from './verify-log.ts';

/** A row for each of four teams and some actors, by turns, in transactions of one to three rows. */
async function fill(database: TestDatabase, count: number): Promise<void> {
  const teams = [null, ...Array.from({ length: 3 }, () => randomUUID())];
  for (let n = 0; n < count;) {
    const rows = Array.from({ length: 1 + (n % 3) }, () => ({
      id: randomUUID(),
      actor_id: n % 5 === 0 ? null : `01890000-0000-7000-8000-00000000000${n % 3}`,
      action: 'task.updated',
      entity_type: 'task',
      entity_id: randomUUID(),
      team_id: teams[n % teams.length] ?? null,
      details: JSON.stringify({ title: { before: `it's ${n}`, after: 'a \\ b' } }),
      ip_address: n % 2 === 0 ? null : '192.0.2.7',
    }));
    const { sql } = database;
    await sql`INSERT INTO activity_logs ${sql(rows)}`;
    n += rows.length;
  }
}

let database: TestDatabase;
let known: ChainHead[];

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database, 60);
  // Written down twice: in the middle, and at the end.
  known = (await readHeads(database.sql, async (heads) => heads)) ?? [];
  await fill(database, 60);
  known.push(...((await readHeads(database.sql, async (heads) => heads)) ?? []));
  await keepCopy(database.owner);
});
afterEach(async () => putBack(database.owner));
afterAll(async () => database[Symbol.asyncDispose]());

test('finds nothing where nothing is', async () => {
  const [count] = await database.sql<{ rows: number }[]>`SELECT count(*)::int AS rows FROM activity_logs`;
  expect(await verifyLog(database.sql, { known })).toMatchObject({ ...count, faults: [] });
});

describe.each(tamperings)('%s', (kind) => {
  test.each([1, 2, 3, 4, 5])('is found (%i)', async (seed) => {
    let state = seed * 7919;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const { chain_id, position } = await tamper(database.owner, kind, random);
    const { faults } = await verifyLog(database.sql, { known });
    expect(faults.map((fault) => fault.chain_id)).toEqual([chain_id]);
    // Who computes the rest anew is known by the heads that were written down: to the first row after the one that fits.
    const fitting = known.filter((head) => head.chain_id === chain_id && head.position < Number(position));
    const isBracket = kind === 'edit and compute the rest anew';
    const expected = isBracket ? Math.max(0, ...fitting.map((head) => head.position)) + 1 : position;
    expect(faults[0]?.position).toBe(expected);
  });
});

test('without heads that were written down, a tail that is cut off with its head does not show', async () => {
  await tamper(database.owner, 'cut the tail off and set the head back', () => 3);
  expect((await verifyLog(database.sql)).faults).toEqual([]);
  expect((await verifyLog(database.sql, { known })).faults).toMatchObject([{ reason: 'cut off' }]);
});

test('what is being written does not matter, and one process signs at a time', async () => {
  await using other = await createTestDatabase();
  await fill(other, 10);
  const inside = await readHeads(other.sql, async () => {
    await fill(other, 10);
    return readHeads(other.sql, async () => 'two at once');
  });
  expect(inside).toBeUndefined();
  expect((await verifyLog(other.sql)).faults).toEqual([]);
});
