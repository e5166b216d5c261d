import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { withHeads } from '@taskmaster/database/audit';
import { tamper } from '@taskmaster/database/testing';
import { createTestDatabase, secretKey, until } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestLog } from '../testing/test-log.ts';
import { appendSignedHeads, auditKeyOf, readSignedHeads } from './signed-heads.ts';
import type { Signer, SignerOptions } from './start-signer.ts';
import { startSigner } from './start-signer.ts';

const [key, oldKey] = [auditKeyOf(secretKey), auditKeyOf('the key that was replaced by it')];
const hourMs = 3_600_000;

let database: TestDatabase;
let folder: string;
let file: string;
let clock: number;
let signers: Signer[];
const log = createTestLog({ DEBUG: false, LOG_LEVEL: 'info' });

/**
 * Counts its looks: each reads the clock once, before the file. Its stop waits for what it signs, however slow the machine is,
 * unless `options` are others.
 */
function start(
  everyMs?: number,
  sql = database.sql,
  options: Pick<SignerOptions, 'lastSignatureMs'> = { lastSignatureMs: 20_000 },
) {
  const looks = { count: 0 };
  const now = () => {
    looks.count++;
    return clock;
  };
  const keys = [key, oldKey] as const;
  const signer = startSigner({ sql, file, keys, log: log.logger, now, ...(everyMs && { everyMs }), ...options });
  signers.push(signer);
  return { ...signer, looks };
}

const lookAgain = async ({ looks }: { looks: { count: number } }) => {
  const before = looks.count;
  await until(() => looks.count >= before + 3, 'three looks');
};

const write = ({ sql }: TestDatabase) => sql`INSERT INTO activity_logs (id, action, entity_type, entity_id)
  SELECT gen_random_uuid(), 'x', 'task', gen_random_uuid() FROM generate_series(1, 3)`;

beforeAll(async () => {
  database = await createTestDatabase();
  await write(database);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-signer-'));
  file = join(folder, 'audit', 'heads.jsonl');
  [clock, signers] = [Date.parse('2026-01-01T00:00:00Z'), []];
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(signers.map((signer) => signer.stop()));
  await rm(folder, { recursive: true });
});
afterAll(async () => database[Symbol.asyncDispose]());

test('of two signers one writes, and again when the hour is over, not a moment sooner', async () => {
  const linesAfter = async (advanceMs: number) => {
    clock += advanceMs;
    const both = [start(), start()];
    await until(() => both.some(({ looks }) => looks.count > 0), 'a look');
    await Promise.all(both.map(({ stop }) => stop()));
    const { lines, faults, signedAt } = await readSignedHeads(file, [key]);
    return { lines, faults, age: clock - Number(signedAt) };
  };
  expect(await linesAfter(0)).toEqual({ lines: 1, faults: [], age: 0 });
  expect(await linesAfter(hourMs - 1)).toEqual({ lines: 1, faults: [], age: hourMs - 1 });
  expect(await linesAfter(1)).toEqual({ lines: 2, faults: [], age: 0 });
  expect(log.takeFaults()).toEqual([]);
});

test('one that goes on running signs whenever its time is over', async () => {
  const signer = start(20);
  for (let lines = 1; lines <= 3; lines++) {
    await lookAgain(signer);
    expect((await readSignedHeads(file, [key])).lines).toBe(lines);
    clock += 19;
    await lookAgain(signer);
    expect((await readSignedHeads(file, [key])).lines).toBe(lines);
    clock += 1;
  }
  expect(log.takeFaults()).toEqual([]);
});

test('whether its hour is over it looks once a minute', async () => {
  const pauses = vi.spyOn(globalThis, 'setTimeout');
  const signer = start();
  const [look] = pauses.mock.calls[0] ?? [];
  await until(() => signer.looks.count > 0, 'a look');
  // Its own timers only: others are set meanwhile.
  const ownPauses = () => pauses.mock.calls.filter(([work]) => work === look).map(([, ms]) => ms);
  await expect.poll(ownPauses).toEqual([0, 60_000]);
});

describe('before it signs, it looks whether what was signed still fits', () => {
  const chain_id = '00000000-0000-0000-0000-000000000000';
  const faultsOf = (lines: string[]) => lines.map((line): unknown => JSON.parse(line));
  /** One look, that finds its hour over. */
  async function sign(sql = database.sql) {
    clock += hourMs;
    const signer = start(undefined, sql);
    await until(() => signer.looks.count > 0, 'a look');
    await signer.stop();
    return faultsOf(log.takeFaults());
  }

  test.each([
    ['cut the tail off and set the head back', { reason: 'cut off', position: 2 }],
    ['edit and compute the rest anew', { reason: 'rewritten', position: 1 }],
  ])('%s: it names the chain and the reason, and signs all the same', async (kind, fault) => {
    await using other = await createTestDatabase();
    await write(other);
    expect(await sign(other.sql)).toEqual([]);
    await tamper(other.owner, kind, (below) => Math.min(1, below - 1));
    expect(await sign(other.sql)).toMatchObject([
      { msg: expect.stringContaining('is not what was signed'), count: 1, faults: [{ chain_id, ...fault }] },
    ]);
    expect(await readSignedHeads(file, [key])).toMatchObject({ lines: 2, faults: [] });
  });

  test.each([
    ['a line taken from the end of the file', (text: string) => text.replace(/.*\n$/, '')],
    ['all lines taken away from it', () => ''],
  ])('%s shows, to whoever has seen it', async (_, change) => {
    start(5);
    const lines = async () => (await readSignedHeads(file, [key])).lines;
    await expect.poll(lines).toBe(1);
    clock += 5;
    await expect.poll(lines).toBe(2);
    await writeFile(`${file}.new`, change(await readFile(file, 'utf8')));
    await rename(`${file}.new`, file);
    // Last: a look that finds its time over has read the clock before it reads the file.
    clock += 5;
    const faults: unknown[] = [];
    await until(() => faults.push(...faultsOf(log.takeFaults())) > 0, 'a line in the log');
    expect(faults).toMatchObject([{ faults: [expect.stringMatching(/^[01] lines, where there were 2$/)] }]);
  });

  test('a line of the file that was changed is named, and its own go on', async () => {
    await appendSignedHeads(file, [], { key: oldKey, now: new Date(clock) });
    expect(await sign()).toEqual([]);
    await writeFile(file, (await readFile(file, 'utf8')).replace('"number":2', '"number":7'));
    expect(await sign()).toMatchObject([
      {
        msg: expect.stringContaining('file of signed heads'),
        faults: ['line 2 was changed: its signature does not fit'],
      },
    ]);
    expect(await readSignedHeads(file, [key, oldKey])).toMatchObject({ lines: 3, faults: [expect.any(String)] });
  });
});

test('of many that look at once one writes', async () => {
  const all = Array.from({ length: 4 }, () => start(5));
  for (let round = 1; round <= 3; round++) {
    await Promise.all(all.map(lookAgain));
    const { lines, faults } = await readSignedHeads(file, [key]);
    expect({ lines, faults }).toEqual({ lines: round, faults: [] });
    clock += 5;
  }
});

test('where it cannot write it says so, and tries again', async () => {
  await writeFile(dirname(file), 'in the way');
  const signer = start(20);
  const faults: string[] = [];
  await until(() => faults.push(...log.takeFaults()) > 0, 'a line in the log');
  expect(faults[0]).toContain('the heads of the activity log could not be signed');
  await rm(dirname(file));
  await lookAgain(signer);
  log.takeFaults();
  expect((await readSignedHeads(file, [key])).lines).toBe(1);
});

test('each signature leaves the machine with the log: its number and itself', async () => {
  const before = log.lines.length;
  const signer = start();
  await until(() => log.lines.length > before, 'a line in the log');
  const { signature } = await readSignedHeads(file, [key]);
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(log.lines.at(-1) ?? '')).toMatchObject({ level: 30, number: 1, signature, moved: 1 });
  await signer.stop();
});

test('when it stops it signs what has been written since, once', async () => {
  await using other = await createTestDatabase();
  await write(other);
  const signer = start(undefined, other.sql);
  await until(() => signer.looks.count > 0, 'a look');
  await write(other);
  await signer.stop();
  expect((await readSignedHeads(file, [key])).heads.map(({ position }) => position)).toEqual([3, 6]);
  await start(undefined, other.sql).stop();
  expect(await readSignedHeads(file, [key])).toMatchObject({ lines: 2, faults: [] });
  expect(log.takeFaults()).toEqual([]);
});

test('after a change of keys it signs at its stop what the old one has signed, as that may soon be unknown', async () => {
  const now = new Date(clock);
  await withHeads(database.sql, (heads) => appendSignedHeads(file, heads, { key: oldKey, now }));
  const { heads } = await readSignedHeads(file, [oldKey]);
  await start().stop();
  const signed = await readSignedHeads(file, [key, oldKey]);
  expect(signed).toMatchObject({ heads: [...heads, ...heads], lines: 2, faults: [] });
});

test('its stop is not held up, and what could not be signed within a second is signed when it can be', async () => {
  await using other = await createTestDatabase();
  await write(other);
  const signer = start(undefined, other.sql, {});
  await until(() => signer.looks.count > 0, 'a look');
  await write(other);
  const [isHeld, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const hold = () => {
    isHeld.resolve();
    return release.promise;
  };
  const held = withHeads(other.sql, hold, { isPatient: true });
  await isHeld.promise;
  await signer.stop();
  expect((await readSignedHeads(file, [key])).lines).toBe(1);
  release.resolve();
  await held;
  await expect.poll(async () => (await readSignedHeads(file, [key])).lines).toBe(2);
});

test('when it has stopped nothing of it is left: no look, no lock, no transaction, and what it began is whole', async () => {
  const signer = start(5);
  await until(() => signer.looks.count > 0, 'a look');
  await signer.stop();
  const looked = signer.looks.count;
  expect(await readFile(file, 'utf8')).toMatch(/^\{.*\}\n$/);
  const left = await database.owner`
    SELECT a.state, l.locktype FROM pg_stat_activity a LEFT JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory'
     WHERE a.datname = current_database() AND (a.state LIKE 'idle in transaction%' OR l.pid IS NOT NULL)`;
  expect([...left]).toEqual([]);
  // As long as another needs for three looks.
  await lookAgain(start(20));
  expect(signer.looks.count).toBe(looked);
});
