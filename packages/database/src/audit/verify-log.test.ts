import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TestDatabase } from '@taskmaster/testing/database';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { appRole } from '../roles/app-role.ts';
import { connectDatabase } from '../connect.ts';
import { edits, keepCopy, putBack, tamper, tamperings, unguarded } from '../testing/tamper.ts';
import type { ChainHead } from './chain.ts';
import { compareWithHeads, headsAtOnce } from './compare-with-heads.ts';
import { verifyLog } from './verify-log.ts';
import { withHeads } from './with-heads.ts';

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
  known = (await withHeads(database.sql, async (heads) => heads)) ?? [];
  await fill(database, 60);
  known.push(...((await withHeads(database.sql, async (heads) => heads)) ?? []));
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

describe('one column of a row', () => {
  test('each of them is changed here', async () => {
    const columns = await database.owner<{ name: string }[]>`
      SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'activity_logs' ORDER BY 1`;
    expect(columns.map(({ name }) => name)).toEqual(['id', ...Object.keys(edits)].toSorted());
  });

  /** The second of the first chain of accounts, and of the first of a team. */
  const pickTwo = () => database.owner<{ chain_id: string; position: number; log_id: string }[]>`
    SELECT DISTINCT ON (team_id IS NOT NULL) chain_id, position::int AS position, log_id
      FROM activity_links JOIN activity_logs a ON a.id = log_id WHERE position > 1 AND entity_type = 'task'
     ORDER BY team_id IS NOT NULL, chain_id, position`;

  test.each(Object.entries(edits))('%s changed: the row is named', async (_, edit) => {
    const rows = await pickTwo();
    await unguarded(database.owner, async (tx) => {
      await tx.unsafe(`UPDATE activity_logs SET ${edit} WHERE id = ANY ($1)`, [rows.map(({ log_id }) => log_id)]);
    });
    const { faults } = await verifyLog(database.sql);
    expect(faults).toEqual(rows.map((row) => ({ ...row, reason: 'changed' })));
  });

  test('id changed: the one is missing, the other is not linked', async () => {
    const [row] = await pickTwo();
    const id = randomUUID();
    await unguarded(database.owner, async (tx) => {
      await tx`UPDATE activity_logs SET id = ${id} WHERE id = ${String(row?.log_id)}`;
    });
    expect((await verifyLog(database.sql)).faults).toEqual([
      { chain_id: row?.chain_id, position: null, log_id: id, reason: 'not linked' },
      { ...row, reason: 'row missing' },
    ]);
  });
});

test('what is in no chain does not hide what was edited in it', async () => {
  const inserted = await tamper(database.owner, 'insert a row', () => 0);
  const edited = await tamper(database.owner, 'edit', () => 0);
  expect((await verifyLog(database.sql)).faults).toMatchObject([
    { ...inserted.places[0], reason: 'not linked' },
    { ...edited.places[0], reason: 'changed' },
  ]);
});

test('a row that was moved to the end of another chain is found, however right its hash', async () => {
  const moved = await unguarded(database.owner, async (tx) => {
    const [last, other] = await tx<{ chain_id: string; log_id: string }[]>`
      SELECT chain_id, log_id FROM activity_heads JOIN activity_links USING (chain_id, position) ORDER BY chain_id DESC LIMIT 2`;
    const [from, to, log_id] = [String(last?.chain_id), String(other?.chain_id), String(last?.log_id)];
    await tx`DELETE FROM activity_links WHERE log_id = ${log_id}`;
    await tx`UPDATE activity_heads h SET position = l.position, hash = l.hash FROM activity_links l
      WHERE h.chain_id = ${from} AND l.chain_id = h.chain_id AND l.position = h.position - 1`;
    const [link] = await tx<{ chain_id: string; position: number; log_id: string }[]>`
      WITH head AS (
        UPDATE activity_heads SET position = position + 1, hash = sha256(hash || activity_content(a)) FROM activity_logs a
         WHERE chain_id = ${to} AND a.id = ${log_id} RETURNING chain_id, position, hash
      )
      INSERT INTO activity_links SELECT chain_id, position, ${log_id}, hash FROM head
      RETURNING chain_id, position::int AS position, log_id`;
    return link;
  });
  expect((await verifyLog(database.sql)).faults).toEqual([{ ...moved, reason: 'changed' }]);
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
  const say = (action: string) => other.sql`INSERT INTO activity_logs (id, action, entity_type, entity_id, details)
    VALUES (gen_random_uuid(), ${action}, 'user', ${actorOf(1)}, '{"erased": true}')`;
  // Of an erasure only the row that an erasure writes says anything.
  await say('user.deactivated');
  expect((await verifyLog(other.sql)).faults).toMatchObject([{ reason: 'details missing', log_id: row }]);
  await say('user.updated');
  expect((await verifyLog(other.sql)).faults).toEqual([]);
});

test.each([
  ['cut the tail off', 'cut off'],
  ['take a chain away, but for its head', 'cut off'],
  ['move a head on', 'cut off'],
  ['set a head back', 'changed'],
  ['change the hash of a head', 'changed'],
  ['take a head away', 'changed'],
])('without heads that were written down, chain and head have to agree: %s', async (kind, reason) => {
  const { places } = await tamper(database.owner, kind, () => 3);
  const { faults } = await verifyLog(database.sql);
  expect(faults).toEqual(places.map((place) => ({ ...place, log_id: null, reason })));
});

test('without heads that were written down, a tail that is cut off with its head does not show', async () => {
  await tamper(database.owner, 'cut the tail off and set the head back', () => 3);
  expect((await verifyLog(database.sql)).faults).toEqual([]);
  expect((await verifyLog(database.sql, { known })).faults).toMatchObject([{ reason: 'cut off' }]);
});

test('of however many heads that were written down, all are compared', async () => {
  const [fitting] = known;
  if (!fitting) throw new Error('there is no head');
  const bad = { ...fitting, hash: '0'.repeat(64) };
  const many = [...Array.from({ length: headsAtOnce }, () => fitting), bad];
  const { faults } = await verifyLog(database.sql, { known: many });
  expect(faults).toMatchObject([{ chain_id: bad.chain_id, reason: 'rewritten' }]);
});

test('a head that differs is none that fits, however far from another it is written down', async () => {
  const [fitting] = known;
  if (!fitting) throw new Error('there is no head');
  const bad = (position: number) => ({ ...fitting, position, hash: '0'.repeat(64) });
  const many = [bad(1), ...Array.from({ length: headsAtOnce }, () => fitting), bad(2)];
  const faults = await database.sql.begin((tx) => compareWithHeads(tx, many));
  const fault = { chain_id: fitting.chain_id, position: 1, log_id: null, reason: 'rewritten' };
  expect(faults).toEqual([fault, fault]);
});

test('it sees the whole as of one moment, however long it takes', async () => {
  await using other = await createTestDatabase();
  await addUsers(other);
  await fill(other, 10);
  const hurried = connectDatabase({ url: other.url, role: appRole, statementTimeoutSeconds: 1 });
  try {
    let verifying: ReturnType<typeof verifyLog> | undefined;
    await other.owner.begin(async (tx) => {
      // Links are read before heads: what is written in between is in the one, and would not be in the other.
      await tx`LOCK TABLE activity_heads`;
      verifying = verifyLog(hurried.sql);
      const waiting = () => other.owner`SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '1.2 s'`;
      await expect.poll(waiting).toHaveLength(1);
      await tx`INSERT INTO activity_logs (id, action, entity_type, entity_id)
        VALUES (gen_random_uuid(), 'task.updated', 'task', gen_random_uuid())`;
    });
    expect((await verifying)?.faults).toEqual([]);
  } finally {
    await hurried.close();
  }
});

test('what is being written does not matter, and one process signs at a time', async () => {
  await using other = await createTestDatabase();
  await addUsers(other);
  await fill(other, 10);
  const inside = await withHeads(other.sql, async () => {
    await fill(other, 10);
    return withHeads(other.sql, async () => 'two at once');
  });
  expect(inside).toBeUndefined();
  expect((await verifyLog(other.sql)).faults).toEqual([]);
});
