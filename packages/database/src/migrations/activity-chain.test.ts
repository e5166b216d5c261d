import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@taskmaster/testing/database';
import type { TransactionSql } from 'postgres';
import { expect, test } from 'vitest';
import { migrate } from './migrate.ts';

// The hand-written SQL of drizzle/0002_activity_chain.sql.

const FOLDER = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

const insert = (team: string | null, actor: string | null) => ({
  id: randomUUID(),
  action: 'x',
  entity_type: 'task',
  entity_id: randomUUID(),
  team_id: team,
  actor_id: actor,
});

/** The chains as they stand: their lengths, and how many links follow from the one before. */
const chains = `
  SELECT l.chain_id, count(*)::int AS links, max(l.position)::int AS last, max(h.position)::int AS head,
         count(*) FILTER (WHERE l.hash = sha256(l.previous || activity_content(a)))::int AS right
    FROM (SELECT *, coalesce(lag(hash) OVER (PARTITION BY chain_id ORDER BY position), uuid_send(chain_id)) AS previous
            FROM activity_links) l
    JOIN activity_logs a ON a.id = l.log_id AND l.chain_id = activity_chain_of(a.team_id, a.actor_id)
    JOIN activity_heads h USING (chain_id)
   GROUP BY l.chain_id ORDER BY l.chain_id`;

test('a team has a chain of its own, the rest is spread by its actor', async () => {
  await using database = await createTestDatabase();
  const { owner: sql } = database;
  const [team, actor] = [randomUUID(), '0a000000-0000-7000-8000-00000000000d'];
  await sql`INSERT INTO activity_logs ${sql([insert(team, actor), insert(null, actor), insert(team, null), insert(null, null)])}`;
  expect(await sql.unsafe(chains)).toEqual(
    [
      { chain_id: '00000000-0000-0000-0000-000000000000', links: 1 },
      { chain_id: '00000000-0000-0000-0000-00000000000d', links: 1 },
      { chain_id: team, links: 2 },
    ].map((chain) => ({ ...chain, last: chain.links, head: chain.links, right: chain.links })),
  );
});

test('parallel writers of several chains lose no link, and none of them is ended for a deadlock', async () => {
  await using database = await createTestDatabase({ maxConnections: 16 });
  const { owner: sql } = database;
  const teams = [randomUUID(), randomUUID(), randomUUID()];
  const writers = Array.from({ length: 16 }, async (_, writer) => {
    for (let round = 0; round < 10; round++) {
      // Each in an order of its own, over two statements.
      const order = teams.map((_, n) => insert(teams[(n + writer + round) % teams.length] ?? null, null));
      await sql.begin(async (tx) => {
        await tx`INSERT INTO activity_logs ${tx(order.slice(0, 1))}`;
        await tx`INSERT INTO activity_logs ${tx(order.slice(1))}`;
      });
    }
  });
  await Promise.all(writers);
  const found = await sql.unsafe<{ links: number; last: number; head: number; right: number }[]>(chains);
  expect(found.map(({ links, last, head, right }) => ({ links, last, head, right }))).toEqual(
    teams.map(() => ({ links: 160, last: 160, head: 160, right: 160 })),
  );
});

test('what is rolled back leaves no link', async () => {
  await using database = await createTestDatabase();
  const { owner: sql } = database;
  await sql`INSERT INTO activity_logs ${sql([insert(null, null)])}`;
  await sql
    .begin(async (tx) => {
      await tx`INSERT INTO activity_logs ${tx([insert(null, null)])}`;
      await tx`SET CONSTRAINTS ALL IMMEDIATE`;
      throw new Error('no');
    })
    .catch(() => undefined);
  await sql`INSERT INTO activity_logs ${sql([insert(null, null)])}`;
  expect(await sql.unsafe(chains)).toMatchObject([{ links: 2, last: 2, head: 2, right: 2 }]);
});

test('what is linked before the commit is not linked again', async () => {
  await using database = await createTestDatabase();
  const { owner: sql } = database;
  await sql.begin(async (tx) => {
    await tx`INSERT INTO activity_logs ${tx([insert(null, null)])}`;
    await tx`SET CONSTRAINTS ALL IMMEDIATE`;
    await tx`INSERT INTO activity_logs ${tx([insert(null, null)])}`;
  });
  expect(await sql.unsafe(chains)).toMatchObject([{ links: 2, last: 2, head: 2, right: 2 }]);
});

test('a row has one link', async () => {
  await using database = await createTestDatabase();
  const { owner: sql } = database;
  await sql`INSERT INTO activity_logs ${sql([insert(null, null)])}`;
  const again = sql`INSERT INTO activity_links SELECT chain_id, position + 1, log_id, hash FROM activity_links`;
  await expect(again).rejects.toMatchObject({ constraint_name: 'activity_links_log_key' });
});

test('linking reads what it links, once, and never all there is', async () => {
  await using database = await createTestDatabase({ maxConnections: 1 });
  const { owner: sql } = database;
  const rows = Array.from({ length: 50 }, () => insert(null, null));
  await sql`INSERT INTO activity_logs ${sql(rows)}`;
  // So small that to read all of it would be the quickest.
  await sql`ANALYZE activity_logs, activity_links`;
  const counts = (tx: TransactionSql) => tx<{ scans: number; rows: number }[]>`
    SELECT sum(seq_scan)::int AS scans, sum(idx_tup_fetch) FILTER (WHERE relname = 'activity_logs')::int AS rows
      FROM pg_stat_xact_user_tables WHERE relname IN ('activity_logs', 'activity_links')`;
  const [before, after] = await sql.begin(async (tx) => {
    await tx`INSERT INTO activity_logs ${tx(rows.map((row) => ({ ...row, id: randomUUID() })))}`;
    const [written] = await counts(tx);
    await tx`SET CONSTRAINTS ALL IMMEDIATE`;
    const [linked] = await counts(tx);
    return [written, linked];
  });
  expect(after).toEqual({ scans: before?.scans, rows: Number(before?.rows) + rows.length });
});

test('an upgrade links what is there', async () => {
  await using database = await createTestDatabase({ isEmpty: true });
  const { owner: sql } = database;
  const migrator = migrate({ url: database.url, folder: FOLDER });
  await migrator.up();
  while ((await migrator.current())?.name !== '0001_invariants') await migrator.down();
  const rows = Array.from({ length: 20 }, (_, n) => insert(null, n % 2 === 0 ? null : randomUUID()));
  for (const row of rows) await sql`INSERT INTO activity_logs ${sql([row])}`;
  await migrator.up();
  const found = await sql.unsafe<{ links: number; right: number }[]>(chains);
  expect(found.reduce((sum, { right }) => sum + right, 0)).toBe(20);
  expect(found.every(({ links, right }) => links === right)).toBe(true);
});

test.each([
  'UPDATE activity_links SET position = 9',
  'DELETE FROM activity_links',
  'TRUNCATE activity_links',
  'DELETE FROM activity_heads',
  'TRUNCATE activity_heads',
])('%s is refused to the owner, as a replica too', async (statement) => {
  await using database = await createTestDatabase({ maxConnections: 1 });
  const { owner: sql } = database;
  await sql`INSERT INTO activity_logs ${sql([insert(null, null)])}`;
  for (const prefix of ['', 'SET LOCAL session_replication_role = replica; ']) {
    await expect(sql.unsafe(`${prefix}${statement}`)).rejects.toMatchObject({ code: '23001' });
  }
});

test('what the owner writes as a replica is linked, too', async () => {
  await using database = await createTestDatabase({ maxConnections: 1 });
  const { owner: sql } = database;
  await sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`INSERT INTO activity_logs ${tx([insert(null, null)])}`;
  });
  expect(await sql.unsafe(chains)).toMatchObject([{ links: 1, head: 1, right: 1 }]);
});
