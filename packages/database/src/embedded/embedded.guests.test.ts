import { afterEach, beforeEach, expect, test } from 'vitest';
import { openClient } from '../client.ts';
import type { EmbeddedHome } from '../testing/embedded-home.ts';
import { createEmbeddedHome, query } from '../testing/embedded-home.ts';
import { isAlive } from './postmaster.ts';

let home: EmbeddedHome;

beforeEach(async () => {
  home = await createEmbeddedHome();
});

afterEach(() => home[Symbol.asyncDispose]());

test('works beside a running server and leaves it running', async () => {
  await home.spawnHolder();
  const pid = await home.pid();
  const guest = await home.attach();
  expect(guest.isStartedHere).toBe(false);
  expect(await query(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await guest.stop();
  expect(isAlive(pid)).toBe(true);
});

test('without a server it runs PostgreSQL for itself; the last of several stops it', async () => {
  const [one, two] = await Promise.all([home.attach(), home.attach()]);
  const pid = await home.pid();
  await one.stop();
  expect(await query(two.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await two.stop();
  expect(isAlive(pid)).toBe(false);
});

test('a server that comes while a guest runs PostgreSQL keeps it', async () => {
  const guest = await home.attach();
  const server = await home.start();
  expect(server.isStartedHere).toBe(false);
  await guest.stop();
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('leaves PostgreSQL to whoever is connected, with or without the lock', async () => {
  const guest = await home.attach();
  const other = openClient(guest.url, { max: 1 });
  await other`SELECT 1`;
  await guest.stop();
  expect(await query(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await other.end();
  await (await home.attach()).stop();
  expect(await home.postmasterPid()).toBeUndefined();
});

test('does not stop it under a server whose session was lost a moment ago', async () => {
  const server = await home.start();
  const pool = openClient(server.url, { max: 1 });
  await pool`SELECT 1`;
  const pid = await home.pid();
  for (let round = 0; round < 5; round += 1) {
    const guest = await home.attach();
    await pool`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskmaster server'`;
    await guest.stop();
  }
  expect(await home.postmasterPid()).toBe(pid);
  await pool.end();
  await server.stop();
});

test('guests that come and go at once never break each other', async () => {
  const guests = Array.from({ length: 4 }, async () => {
    for (let round = 0; round < 4; round += 1) await (await home.attach()).stop();
  });
  await Promise.all(guests);
  expect(await home.postmasterPid()).toBeUndefined();
});
