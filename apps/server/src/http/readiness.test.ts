import { createTestDatabase } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { createReadiness } from './readiness.ts';

test('a flood of probes asks the database once at a time; who comes later asks anew', async () => {
  await using database = await createTestDatabase();
  const [known] = await database.owner<{ count: number }[]>`select count(*)::int from drizzle.__drizzle_migrations`;
  let asked = 0;
  const sql = new Proxy(database.sql, {
    apply(target, self, query: unknown[]) {
      asked++;
      return Reflect.apply(target, self, query);
    },
  });
  const load = { isHigh: () => false };
  const { isReady } = createReadiness({ connection: { sql }, appliedMigrations: known?.count ?? 0, load });
  const flood = Array.from({ length: 100 }, () => isReady());
  expect(new Set(await Promise.all(flood))).toEqual(new Set([true]));
  expect(asked).toBe(1);
  expect(await isReady()).toBe(true);
  expect(asked).toBe(2);
});
