import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@taskmaster/testing/database';
import { expect, test } from 'vitest';
import { verifyLog } from '../audit/verify-log.ts';
import { migrate } from './migrate.ts';

// The hand-written SQL of drizzle/0007_activity_addresses.sql and of its way down.

const folder = fileURLToPath(new URL('../../../../drizzle', import.meta.url));

async function createLogged() {
  const database = await createTestDatabase({ isEmpty: true });
  const { owner: sql } = database;
  const migrator = migrate({ url: database.url, folder });
  const [ann, bob] = [randomUUID(), randomUUID()];
  return {
    sql,
    ann,
    bob,
    up: () => migrator.up(),
    base: () => migrator.toBase(),
    async downTo(name: string) {
      while ((await migrator.current())?.name !== name) await migrator.down();
    },
    addUsers: () =>
      sql`INSERT INTO users (id, email, username, password_hash) VALUES (${ann}, 'ann', 'ann', 'x'), (${bob}, 'bob', 'bob', 'x')`,
    write: (user: string, address: string) =>
      sql`INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, ip_address)
        VALUES (gen_random_uuid(), ${user}, 'task.updated', 'task', gen_random_uuid(), ${address})`,
    addresses: async () => {
      const rows = await sql<{ address: string | null }[]>`
        SELECT address FROM activity_logs LEFT JOIN activity_addresses ON ref = ip_address ORDER BY seq`;
      return rows.map(({ address }) => address);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

test('an upgrade leaves older rows as they are', async () => {
  await using log = await createLogged();
  await log.up();
  await log.downTo('0006_activity_personal_details');
  await log.addUsers();
  await log.write(log.ann, '192.0.2.1');
  await log.up();
  await log.write(log.ann, '192.0.2.1');
  const [older, newer] = await log.sql`SELECT ip_address FROM activity_logs ORDER BY seq`;
  expect(older).toEqual({ ip_address: '192.0.2.1' });
  expect(newer).toEqual({ ip_address: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  expect((await verifyLog(log.sql)).faults).toEqual([]);
});

test('what the owner writes as a replica refers to its address, too', async () => {
  await using log = await createLogged();
  await log.up();
  await log.addUsers();
  await log.sql.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await tx`INSERT INTO activity_logs (id, actor_id, action, entity_type, entity_id, ip_address)
      VALUES (gen_random_uuid(), ${log.ann}, 'task.updated', 'task', gen_random_uuid(), '192.0.2.1')`;
  });
  expect(await log.addresses()).toEqual(['192.0.2.1']);
});

test('a way down and up again loses no address, but those of who was erased in between', async () => {
  await using log = await createLogged();
  await log.up();
  await log.addUsers();
  await log.write(log.ann, '192.0.2.1');
  await log.write(log.bob, '192.0.2.2');
  await log.downTo('0006_activity_personal_details');
  await log.sql`UPDATE users SET password_hash = 'erased' WHERE id = ${log.ann}`;
  await log.up();
  expect(await log.addresses()).toEqual([null, '192.0.2.2']);
  expect(await log.sql`SELECT to_regclass('drizzle.kept_activity_addresses') AS kept`).toEqual([{ kept: null }]);
});

test('what a way down has kept ends with the log', async () => {
  await using log = await createLogged();
  await log.up();
  await log.addUsers();
  await log.write(log.ann, '192.0.2.1');
  await log.base();
  expect(await log.sql`SELECT to_regclass('drizzle.kept_activity_addresses') AS kept`).toEqual([{ kept: null }]);
});
