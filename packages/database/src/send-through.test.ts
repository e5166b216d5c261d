import { users } from '@taskmaster/core/tables';
import { createTestDatabase } from '@taskmaster/testing/database';
import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sendThrough } from './send-through.ts';

const ada = {
  id: '01890000-0000-7000-8000-000000000001',
  email: 'ada@x.org',
  username: 'ada',
  password_hash: 'secret-hash',
};

test('a query that is built once sees what the transaction that it is sent through sees', async () => {
  const lines: string[] = [];
  await using built = await createTestDatabase();
  await using used = await createTestDatabase({ logSql: (line) => lines.push(line) });
  const query = built.db
    .select({ username: users.username })
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('byId');
  const inside = await used.db.transaction(async (tx) => {
    await tx.insert(users).values(ada);
    return sendThrough(tx, query).execute({ id: ada.id });
  });
  expect(inside).toEqual([{ username: 'ada' }]);
  expect(lines.filter((line) => line.startsWith('select'))).toHaveLength(1);
  expect(await sendThrough(used.db, query).execute({ id: ada.id })).toEqual([{ username: 'ada' }]);
  expect(await query.execute({ id: ada.id })).toEqual([]);
});
