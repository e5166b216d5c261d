import { createTestDatabase } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@taskmaster/testing';
import type { Bus } from './bus.ts';
import { createMemoryChannel } from './memory-bus.ts';
import { createPostgresBus } from './postgres-bus.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

const channel = createMemoryChannel();
const adapters: [name: string, connect: () => Bus][] = [
  ['in memory', channel.connect],
  ['PostgreSQL', () => createPostgresBus({ sql: database.sql })],
];

describe.each(adapters)('%s', (_name, connect) => {
  test('a wake-up reaches every process, the one that sent it too, until it closes', async () => {
    const buses = [connect(), connect(), connect()];
    const heard = buses.map(() => 0);
    for (const [index, bus] of buses.entries()) bus.subscribe(() => void (heard[index] = (heard[index] ?? 0) + 1));
    await until(() => heard.every((count) => count === 1), 'all to listen');
    const before = [...heard];
    await buses[0]?.publish();
    await until(() => heard.every((count, index) => count === (before[index] ?? 0) + 1), 'one wake-up each');
    await buses[2]?.close();
    await buses[0]?.publish();
    await until(() => heard[1] === (before[1] ?? 0) + 2, 'the second');
    expect(heard[2]).toBe((before[2] ?? 0) + 1);
    await Promise.all([buses[0]?.close(), buses[1]?.close()]);
  });
});

test('PostgreSQL: a lost connection is made again, listens again, and wakes for what was missed', async () => {
  const bus = createPostgresBus({ sql: database.sql });
  let heard = 0;
  bus.subscribe(() => heard++);
  await until(() => heard === 1, 'the first LISTEN');
  for (let round = 0; round < 5; round++) {
    const before = heard;
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen taskmaster' and pid <> pg_backend_pid()`;
    await until(() => heard === before + 1, 'the wake-up after the loss');
    await database.sql`notify taskmaster`;
    await until(() => heard === before + 2, 'a wake-up on the new connection');
  }
  await bus.close();
  expect(heard).toBe(11);
});
