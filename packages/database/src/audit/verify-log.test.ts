import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keepCopy, putBack, tamper, tamperings } from '../testing/tamper.ts';
import { readHeads } from './read-heads.ts';
import type { ChainHead } from './verify-log.ts';
import { verifyLog } from './verify-log.ts';

const actorOf = (n: number) => `01890000-0000-7000-8000-00000000000${n % 3}`;

async function addUsers({ owner }: TestDatabase): Promise<void> {
  for (let n = 0; n < 3; n++)
    await owner`INSERT INTO users (id, email, username, password_hash) VALUES (${actorOf(n)}, ${n}, ${n}, 'x')`;
}

/** Somebody changes their name: what it was and is stands beside the row. */
async function rename({ sql }: TestDatabase, user: string): Promise<string> {
  const [id, changes] = [randomUUID(), JSON.stringify({ full_name: { before: null, after: user } })];
  await sql`WITH apart AS (
      INSERT INTO activity_personal_details VALUES (${id}, ${user}, 'salt', ${changes}::text::json) RETURNING *
    )
    INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, ip_address, details)
    SELECT log_id, user_id, 'user.updated', 'user', user_id, '192.0.2.8', jsonb_build_object('full_name', '{"changed":true}'::jsonb,
           'personal_sha256', encode(sha256(salt || convert_to(details::text, 'UTF8')), 'hex')) FROM apart`;
  return id;
}

/** A row for each of four teams and some actors, by turns, in transactions of one to three rows. */
async function fill(database: TestDatabase, count: number): Promise<void> {
  for (let n = 0; n < 3; n++) await rename(database, actorOf(n));
  const teams = [null, ...Array.from({ length: 3 }, () => randomUUID())];
  for (let n = 0; n < count;) {
    const rows = Array.from({ length: 1 + (n % 3) }, () => ({
      id: randomUUID(),
      actor_id: n % 5 === 0 ? null : actorOf(n),
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
  await addUsers(database);
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

/** Who computes the rest anew is known by the heads that were written down: to the first row after the one that fits. */
function firstSuspect({ chain_id, position }: { chain_id: string; position: number | null }) {
  const fitting = known.filter((head) => head.chain_id === chain_id && head.position < Number(position));
  return { chain_id, position: Math.max(0, ...fitting.map((head) => head.position)) + 1 };
}

describe.each(tamperings)('%s', (kind) => {
  test.each([1, 2, 3, 4, 5])('is found (%i)', async (seed) => {
    let state = seed * 7919;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const { places } = await tamper(database.owner, kind, random);
    const { faults } = await verifyLog(database.sql, { known });
    const expected = kind === 'edit and compute the rest anew' ? places.map(firstSuspect) : places;
    expect(faults.map(({ chain_id, position }) => ({ chain_id, position }))).toEqual(expected);
  });
});

test.each([
  ['change an address', 'address changed'],
  ['give an address to somebody else', 'address changed'],
  ['take an address away', 'address missing'],
  ['change details', 'details changed'],
  ['give details to somebody else', 'details changed'],
  ['take details away', 'details missing'],
  ['add details', 'details changed'],
])('%s: %s, and the row is named', async (kind, reason) => {
  const { places } = await tamper(database.owner, kind, () => 0);
  const { faults } = await verifyLog(database.sql);
  expect(faults).toMatchObject(places.map((place) => ({ ...place, reason, log_id: expect.any(String) })));
});

test('what stands beside a bad row does not hide another in its chain, and the other way round', async () => {
  const chain_id = '00000000-0000-0000-0000-000000000000';
  const rows = await database.owner<{ log_id: string; ip_address: string | null }[]>`
    SELECT log_id, ip_address FROM activity_links JOIN activity_logs ON id = log_id
     WHERE chain_id = ${chain_id} AND ip_address LIKE 'sha256:%' ORDER BY position`;
  const [first, last] = [rows[0], rows.at(-1)];
  for (const [edited, taken] of [
    [first, last],
    [last, first],
  ]) {
    await database.owner`ALTER TABLE activity_logs DISABLE TRIGGER USER`;
    await database.owner`UPDATE activity_logs SET action = 'forged' WHERE id = ${String(edited?.log_id)}`;
    await database.owner`DELETE FROM activity_addresses WHERE ref = ${String(taken?.ip_address)}`;
    const { faults } = await verifyLog(database.sql);
    const reasons = faults.filter((fault) => fault.chain_id === chain_id).map(({ reason }) => reason);
    expect(reasons.toSorted()).toEqual(['address missing', 'changed']);
    await putBack(database.owner);
  }
});

test('what is gone of who was erased is no fault, by the word of the log', async () => {
  await using other = await createTestDatabase();
  await addUsers(other);
  const row = await rename(other, actorOf(1));
  await rename(other, actorOf(2));
  await other.owner`DELETE FROM activity_personal_details WHERE log_id = ${row}`;
  await other.owner`DELETE FROM activity_addresses WHERE user_id = ${actorOf(1)}`;
  await other.owner`UPDATE users SET password_hash = 'erased' WHERE id = ${actorOf(1)}`;
  expect((await verifyLog(other.sql)).faults).toMatchObject([{ reason: 'details missing', log_id: row }]);
  await other.sql`INSERT INTO activity_logs (id, action, entity_type, entity_id, details)
    VALUES (gen_random_uuid(), 'user.updated', 'user', ${actorOf(1)}, '{"erased": true}')`;
  expect((await verifyLog(other.sql)).faults).toEqual([]);
});

test('without heads that were written down, a tail that is cut off shows by the head in the database', async () => {
  const { places } = await tamper(database.owner, 'cut the tail off', () => 3);
  const { faults } = await verifyLog(database.sql);
  expect(faults).toMatchObject(places.map((place) => ({ ...place, reason: 'cut off' })));
});

test('without heads that were written down, a tail that is cut off with its head does not show', async () => {
  await tamper(database.owner, 'cut the tail off and set the head back', () => 3);
  expect((await verifyLog(database.sql)).faults).toEqual([]);
  expect((await verifyLog(database.sql, { known })).faults).toMatchObject([{ reason: 'cut off' }]);
});

test('what is being written does not matter, and one process signs at a time', async () => {
  await using other = await createTestDatabase();
  await addUsers(other);
  await fill(other, 10);
  const inside = await readHeads(other.sql, async () => {
    await fill(other, 10);
    return readHeads(other.sql, async () => 'two at once');
  });
  expect(inside).toBeUndefined();
  expect((await verifyLog(other.sql)).faults).toEqual([]);
});
