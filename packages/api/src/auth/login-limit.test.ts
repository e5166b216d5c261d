import { createTestDatabase } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { bucketOf, createLoginLimit } from './login-limit.ts';

test('counts attempts per address in the database: two processes share one budget', async () => {
  await using database = await createTestDatabase();
  const options = { sql: database.sql, points: 5, windowSeconds: 60 };
  const [one, other] = [createLoginLimit(options), createLoginLimit(options)];
  const outcomes = await outcomesOf(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).consume('192.0.2.1')));
  expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(5);
  expect(outcomes.filter((outcome) => outcome === 'RATE_LIMITED')).toHaveLength(15);
  expect(await outcomeOf(one.consume('192.0.2.2'))).toBe('OK');
});

test('a refusal says how long to wait', async () => {
  await using database = await createTestDatabase();
  const limit = createLoginLimit({ sql: database.sql, points: 1, windowSeconds: 60 });
  await limit.consume('192.0.2.1');
  await expect(limit.consume('192.0.2.1')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterSeconds: 60,
    headers: { ratelimit: '"login"; r=0; t=60', 'ratelimit-policy': '"login"; q=1; w=60' },
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2'],
  ['2001:db8:1:2:ffff::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s counts as %s', (address, bucket) => {
  expect(bucketOf(address)).toBe(bucket);
});
