import { idempotentAnswers } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useTestWorld } from '../testing/use-test-world.ts';
import { startExpiry } from './start-expiry.ts';

const world = useTestWorld();

const row = (id: string, seconds: number) => ({
  id,
  fingerprint: 'x',
  expires_at: sql`now() + make_interval(secs => ${seconds})`,
});

test('what has expired goes, and nothing else', async () => {
  const { db, deps } = world();
  await db.insert(idempotentAnswers).values([row('gone', -1), row('kept', 60)]);
  const errors: unknown[] = [];
  const { stop } = startExpiry(deps, { everyMs: 5, onError: (error) => errors.push(error) });
  await expect.poll(() => db.$count(idempotentAnswers)).toBe(1);
  await stop();
  expect(await db.select({ id: idempotentAnswers.id }).from(idempotentAnswers)).toEqual([{ id: 'kept' }]);
  expect(errors).toEqual([]);
});

test('a sweep that fails is told of, and the next one comes', async () => {
  const { db, deps } = world();
  await db.execute(sql`alter table idempotent_answers rename to elsewhere`);
  const errors: unknown[] = [];
  const { stop } = startExpiry(deps, { everyMs: 5, onError: (error) => errors.push(error) });
  await expect.poll(() => errors.length).toBeGreaterThan(1);
  await db.execute(sql`alter table elsewhere rename to idempotent_answers`);
  await stop();
});
