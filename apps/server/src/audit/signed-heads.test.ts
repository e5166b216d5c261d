import { appendFile, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ChainHead } from '@taskmaster/database/audit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { appendSignedHeads, auditKeyOf, readSignedHeads } from './signed-heads.ts';

const key = auditKeyOf('the key of these tests');
const team = '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e11';
const head = (position: number): ChainHead => ({ chain_id: team, position, hash: String(position).repeat(64) });

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-heads-'));
  file = join(folder, 'audit', 'heads.jsonl');
  for (const position of [1, 2, 3]) await appendSignedHeads(file, [head(position)], { key });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const lines = async () => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
const rewrite = async (change: (lines: string[]) => string[]) =>
  writeFile(
    file,
    change(await lines()).map((line) => `${line}\n`),
  );

test('what was signed is read again, and is for nobody else’s eyes', async () => {
  const { heads, faults, lines: count } = await readSignedHeads(file, [key]);
  expect({ heads, faults, count }).toEqual({ heads: [head(1), head(2), head(3)], faults: [], count: 3 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
});

test('what earlier versions have signed is believed: what is signed, and by what, stays as it is', async () => {
  await rm(file);
  await appendSignedHeads(file, [head(1)], { key, now: new Date('2026-11-22T12:00:00Z') });
  expect(await lines()).toEqual([
    `{"number":1,"at":"2026-11-22T12:00:00.000Z","previous":"","heads":[["${team}",1,"${'1'.repeat(64)}"]],"key":"10a6b37782988ebf","mac":"6120d4d04b2b47d51f2c8ef90b4fc31fe1c703961b730868c37eab3e709b38b8"}`,
  ]);
});

test.each(['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-00000000000d'])(
  'the chain of accounts %s is read as any other',
  async (chain_id) => {
    const account = { ...head(1), chain_id };
    await appendSignedHeads(file, [account], { key });
    expect(await readSignedHeads(file, [key])).toMatchObject({
      heads: [head(1), head(2), head(3), account],
      faults: [],
    });
  },
);

test('nothing is signed where there is no file', async () => {
  await rm(file);
  expect(await readSignedHeads(file, [key])).toMatchObject({ heads: [], lines: 0, signedAt: undefined, faults: [] });
});

test('a line holds the heads that have moved since the one before, and the time', async () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const other = { ...head(1), chain_id: '01997d3e-8a50-7cc0-b3a1-5f0d6a4c2e12' };
  expect(await appendSignedHeads(file, [head(3), other], { key, now })).toMatchObject({ moved: 1 });
  const { heads, signedAt } = await readSignedHeads(file, [key]);
  expect({ heads, signedAt }).toEqual({ heads: [head(1), head(2), head(3), other], signedAt: now });
});

test.each<[what: string, change: (lines: string[]) => string[], faults: string[]]>([
  [
    'a head edited',
    (all) => all.map((line) => line.replace(head(2).hash, head(9).hash)),
    ['line 2 was changed: its signature does not fit'],
  ],
  [
    'a time edited',
    (all) => all.map((line, n) => (n === 0 ? line.replace(/"at":"\d{4}/, '"at":"2001') : line)),
    ['line 1 was changed: its signature does not fit'],
  ],
  [
    'the first line taken away',
    (all) => all.slice(1),
    ['line 1 does not follow the line before it', 'line 2 does not follow the line before it'],
  ],
  [
    'a line taken away in the middle',
    ([first = '', , third = '']) => [first, third],
    ['line 2 does not follow the line before it'],
  ],
  [
    'two lines swapped',
    ([first = '', second = '', third = '']) => [first, third, second],
    ['line 2 does not follow the line before it', 'line 3 does not follow the line before it'],
  ],
  ['a line repeated', (all) => [...all, ...all.slice(-1)], ['line 4 does not follow the line before it']],
  ['something else written in', (all) => [...all, 'nothing of ours'], ['line 4 cannot be read']],
])('%s: noticed', async (_, change, faults) => {
  await rewrite(change);
  expect((await readSignedHeads(file, [key])).faults).toEqual(faults);
});

test('a line of another file of the same key does not take the place of one', async () => {
  const other = join(folder, 'other.jsonl');
  for (const position of [7, 8]) await appendSignedHeads(other, [head(position)], { key });
  const strange = (await readFile(other, 'utf8')).split('\n')[1] ?? '';
  await rewrite(([first = '', , third = '']) => [first, strange, third]);
  expect((await readSignedHeads(file, [key])).faults).toEqual([
    'line 2 does not follow the line before it',
    'line 3 does not follow the line before it',
  ]);
  // Nor when it says that it follows.
  await rewrite(([first = '']) => [
    first,
    strange.replace(/"previous":"\w*"/, `"previous":"${/"mac":"(\w+)"/.exec(first)?.[1]}"`),
  ]);
  expect((await readSignedHeads(file, [key])).faults).toEqual(['line 2 was changed: its signature does not fit']);
});

test('what is signed with a key of somebody’s own is neither believed nor passed over', async () => {
  await rm(file);
  await appendSignedHeads(file, [head(1)], { key: auditKeyOf('a key of somebody’s own') });
  const { heads, faults } = await readSignedHeads(file, [key]);
  expect({ heads, faults }).toEqual({ heads: [], faults: ['line 1 is signed with a key that is not known here'] });
  // Nor under the name of the true one, which stands in the file.
  await rm(file);
  await appendSignedHeads(file, [head(1)], { key: { ...auditKeyOf('a key of somebody’s own'), id: key.id } });
  const forged = await readSignedHeads(file, [key]);
  expect({ heads: forged.heads, faults: forged.faults }).toEqual({
    heads: [],
    faults: ['line 1 was changed: its signature does not fit'],
  });
});

test('what a crash left of a line counts for nothing, and the next line takes its place', async () => {
  await appendFile(file, '{"number":4,"at":"20');
  expect((await readSignedHeads(file, [key])).faults).toEqual([]);
  await appendSignedHeads(file, [head(4)], { key });
  const { heads, faults } = await readSignedHeads(file, [key]);
  expect({ last: heads.at(-1), faults }).toEqual({ last: head(4), faults: [] });
});

test('where the file is not as it was read, nothing is written and nothing cut away', async () => {
  const signed = await readSignedHeads(file, [key]);
  await appendSignedHeads(file, [head(4)], { key, signed });
  const text = await readFile(file, 'utf8');
  const again = appendSignedHeads(file, [head(5)], { key, signed });
  await expect(again).rejects.toThrow('heads.jsonl has changed since it was read');
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('what was read with other keys, too, tells what its own has signed', async () => {
  const [next, other] = [auditKeyOf('the key after it'), { ...head(1), chain_id: `${team.slice(0, -1)}2` }];
  await appendSignedHeads(file, [other], { key: next });
  const signed = await readSignedHeads(file, [next, key]);
  expect(await appendSignedHeads(file, [head(3), other], { key: next, signed })).toMatchObject({ moved: 1 });
  const { heads, faults } = await readSignedHeads(file, [next, key]);
  expect({ last: heads.at(-1), faults }).toEqual({ last: head(3), faults: [] });
});

test('it is on the disk when it counts as signed', async () => {
  const handle = await open(file);
  const synced = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
  await handle.close();
  await appendSignedHeads(file, [head(4)], { key });
  expect(synced).toHaveBeenCalledTimes(1);
  // Of a new file, its name has to be there, too.
  await rm(file);
  await appendSignedHeads(file, [head(5)], { key });
  expect(synced).toHaveBeenCalledTimes(3);
});

test('after a change of keys all heads are signed anew, and both keys read the whole', async () => {
  const next = auditKeyOf('the key after it');
  expect(await appendSignedHeads(file, [head(3)], { key: next })).toMatchObject({ moved: 1 });
  expect(await appendSignedHeads(file, [head(4)], { key: next })).toMatchObject({ moved: 1 });
  for (const keys of [
    [next, key],
    [key, next],
  ]) {
    expect((await readSignedHeads(file, keys)).faults).toEqual([]);
  }
  expect((await readSignedHeads(file, [next])).faults).toHaveLength(3);
});
