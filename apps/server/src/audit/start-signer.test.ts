import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, secretKey, until } from '@taskmaster/testing';
import pino from 'pino';
import { expect, test } from 'vitest';
import { auditKeyOf, readSignedHeads } from './signed-heads.ts';
import { startSigner } from './start-signer.ts';

const key = auditKeyOf(secretKey);
const log = pino({ level: 'silent' });

test('of two signers one writes, and again when the hour is over', async () => {
  await using database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'taskmaster-signer-'));
  const file = join(folder, 'heads.jsonl');
  const clock = { now: Date.now() };
  const linesAfter = async (advanceMs: number) => {
    clock.now += advanceMs;
    const looks = { count: 0 };
    // Each look reads the clock once it has found a line, and so does the one that signs.
    const now = () => {
      looks.count++;
      return clock.now;
    };
    const signers = [1, 2].map(() => startSigner({ sql: database.sql, file, key, log, now }));
    await until(() => looks.count > 0, 'a look');
    await Promise.all(signers.map(({ stop }) => stop()));
    return (await readSignedHeads(file, [key])).lines;
  };
  expect(await linesAfter(0)).toBe(1);
  expect(await linesAfter(3_599_999)).toBe(1);
  expect(await linesAfter(1)).toBe(2);
  await rm(folder, { recursive: true });
});
