import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretKey } from '@taskmaster/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendSignedHeads, auditKeyOf, readSignedHeads } from './signed-heads.ts';

const key = auditKeyOf(secretKey);
const head = (position: number, chain_id: string = randomUUID()) => ({ chain_id, position, hash: `hash ${position}` });

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-heads-'));
  file = join(folder, 'audit/heads.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const edit = async (change: (lines: string[]) => string[]) =>
  writeFile(file, change((await readFile(file, 'utf8')).split('\n')).join('\n'));

/** Three lines, each with one chain that moved. */
async function signThrice() {
  const [one, other] = [head(1), head(1)];
  for (const heads of [[one], [one, other], [head(2, one.chain_id), other]])
    await appendSignedHeads(file, heads, { key });
}

test('nothing is signed where there is no file', async () => {
  expect(await readSignedHeads(file, [key])).toMatchObject({ heads: [], lines: 0, signedAt: undefined, faults: [] });
});

test('a line holds the heads that have moved since the one before, and the time', async () => {
  const [one, other] = [head(1), head(1)];
  const now = new Date('2026-11-22T12:00:00Z');
  expect(await appendSignedHeads(file, [one, other], { key })).toEqual({ moved: 2 });
  const moved = head(2, other.chain_id);
  expect(await appendSignedHeads(file, [one, moved], { key, now })).toEqual({ moved: 1 });
  expect(await readSignedHeads(file, [key])).toMatchObject({
    heads: [one, other, moved],
    lines: 2,
    signedAt: now,
    faults: [],
  });
});

test.each([
  ['changed', (lines: string[]) => lines.with(1, String(lines[1]).replace('hash 1', 'hash 9')), /^line 2 was changed/],
  ['taken out', (lines: string[]) => lines.toSpliced(1, 1), /^line 2 does not follow/],
  ['doubled', (lines: string[]) => lines.toSpliced(1, 0, String(lines[0])), /^line 2 does not follow/],
  ['no line at all', (lines: string[]) => lines.with(1, '{}'), /^line 2 cannot be read/],
])('a line that is %s is told of', async (_, change, fault) => {
  await signThrice();
  await edit(change);
  expect((await readSignedHeads(file, [key])).faults[0]).toMatch(fault);
});

test('who has not the key signs nothing that is believed, and a key that was replaced is believed where it is given', async () => {
  const other = auditKeyOf('another key that is as long as it has to be');
  await appendSignedHeads(file, [head(1)], { key: other });
  expect((await readSignedHeads(file, [key])).faults).toEqual(['line 1 is signed with a key that is not known here']);
  expect((await readSignedHeads(file, [key, other])).faults).toEqual([]);
  await rm(file);
  await appendSignedHeads(file, [head(1)], { key: { ...other, id: key.id } });
  expect(await readSignedHeads(file, [key])).toMatchObject({
    heads: [],
    faults: [expect.stringMatching(/^line 1 was changed/)],
  });
});

test('what a crash has left of a line is cut away by the next', async () => {
  await signThrice();
  await appendFile(file, '{"number":4,"at":"20');
  await appendSignedHeads(file, [head(7)], { key });
  expect(await readSignedHeads(file, [key])).toMatchObject({ lines: 4, faults: [] });
});
