import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withHeads } from '@taskmaster/database/audit';
import { keepCopy, putBack, tamper } from '@taskmaster/database/testing';
import { createTestDatabase, until } from '@taskmaster/testing';
import type { TestDatabase } from '@taskmaster/testing';
import { expect, test } from 'vitest';
import { createInstallation } from '../testing/process/installation.ts';

const [oldKey, newKey] = ['a secret key that signs the heads at first', 'a secret key that takes the place of it'];
const verify = ['audit', 'verify'];
const sign = ['audit', 'sign'];

/** Rows in one chain. */
const write = ({ sql }: TestDatabase, count: number) =>
  sql`INSERT INTO activity_logs (id, action, entity_type, entity_id)
    SELECT gen_random_uuid(), 'x', 'task', gen_random_uuid() FROM generate_series(1, ${count}::int)`;

async function createAudited() {
  const resources = new AsyncDisposableStack();
  const database = resources.use(await createTestDatabase());
  const here = resources.use(await createInstallation({ DATABASE_URL: database.url, SECRET_KEY: oldKey }));
  const file = join(here.dataDir, 'audit', 'heads.jsonl');
  return { database, here, file, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test('signs and verifies, and names what was edited, deleted or cut off', async () => {
  await using audited = await createAudited();
  const { database, here, file } = audited;
  await write(database, 20);
  const unsigned = await here.cli(verify);
  expect(unsigned.code).toBe(0);
  expect(unsigned.stdout).toMatch(/^20 rows in 1 chains verified in \d+\.\d s\nNo head is signed yet/);

  const signed = await here.cli(sign);
  expect(signed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 chains have moved .*jsonl: number 1, /m) });
  const clean = await here.cli(verify);
  expect(clean.code).toBe(0);
  expect(clean.stdout).toMatch(/^1 signed heads on 1 lines, the newest of \S+Z: number 1, signature [0-9a-f]{64}\n/m);
  expect(clean.stdout).toMatch(/^Everything is as it was written\.$/m);
  const signature = /"mac":"(\w+)"/.exec(await readFile(file, 'utf8'))?.[1];
  for (const { stdout } of [signed, clean]) expect(stdout).toContain(`number 1, signature ${signature}\n`);

  await keepCopy(database.owner);
  const tamperings = [
    { kind: 'edit', fault: 'changed', row: /, row [0-9a-f-]{36}$/m },
    { kind: 'delete a row', fault: 'row missing', row: /, row [0-9a-f-]{36}$/m },
    { kind: 'cut the tail off and set the head back', fault: 'cut off', row: /$/m },
  ];
  for (const { kind, fault, row } of tamperings) {
    const { places } = await tamper(database.owner, kind, (below) => Math.min(7, below - 1));
    const found = await here.cli(verify);
    expect({ kind, code: found.code, output: found.output }).toEqual({
      kind,
      code: 1,
      output: expect.stringContaining(`BAD  ${fault}: chain ${places[0]?.chain_id}, position ${places[0]?.position}`),
    });
    expect(found.output).toMatch(row);
    expect(found.output).not.toContain('Everything is as it was written');
    await putBack(database.owner);
  }

  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"number":1', '"number":7'));
  const forged = await here.cli(verify);
  expect(forged).toMatchObject({
    code: 1,
    output: expect.stringContaining('line 1 was changed: its signature does not fit'),
  });
}, 120_000);

test('SECRET_KEY is rotated: what the old key signed counts, as long as that key is known', async () => {
  await using audited = await createAudited();
  const { database, here } = audited;
  await write(database, 5);
  expect(await here.cli(sign)).toMatchObject({ code: 0 });
  // For good: what has signed the heads goes on to, and no longer signs tokens.
  expect(await here.cli(verify, { SECRET_KEY: newKey, AUDIT_SECRET_KEY: oldKey })).toMatchObject({ code: 0 });
  const rotated = { SECRET_KEY: newKey, SECRET_KEY_PREVIOUS: oldKey };
  expect(await here.cli(sign, rotated)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 chains/) });
  expect(await here.cli(verify, rotated)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 signed heads') });
  expect(await here.cli(verify, { SECRET_KEY: newKey })).toMatchObject({
    code: 1,
    output: expect.stringContaining('line 1 is signed with a key that is not known here'),
  });
  await tamper(database.owner, 'cut the tail off and set the head back', () => 2);
  expect(await here.cli(verify, rotated)).toMatchObject({ code: 1, output: expect.stringContaining('BAD  cut off') });
}, 120_000);

test('one process signs at a time; what is not understood is refused', async () => {
  await using audited = await createAudited();
  const { database, here } = audited;
  const busy = await withHeads(database.sql, () => here.cli(sign));
  expect(busy).toMatchObject({ code: 2, output: 'another process is signing at this moment\n' });
  expect(await here.cli([...sign, 'now'])).toMatchObject({ code: 2, output: 'audit sign takes no arguments\n' });
}, 60_000);

test('a server signs from its start on, beside others, and at its stop, with the key for that', async () => {
  await using audited = await createAudited();
  const { database, here, file } = audited;
  const withKey = { AUDIT_SECRET_KEY: newKey };
  await write(database, 3);
  const servers = await Promise.all([here.start(withKey), here.start(withKey)]);
  let text = '';
  const read = async () => (text = await readFile(file, 'utf8').catch(() => ''));
  await until(() => {
    void read();
    return text.endsWith('\n');
  }, 'a signed head');
  await write(database, 2);
  const stopsMs: number[] = [];
  for (const server of servers) {
    const before = performance.now();
    expect(await server.stop()).toBe(0);
    stopsMs.push(performance.now() - before);
  }
  const { code, stdout } = await here.cli(verify, withKey);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[12] signed heads on [12] lines, /m) });
  // On a slow machine the second that a stop gives to its signature may be over before.
  expect({ stdout, stopsMs }).toSatisfy(
    () => stdout.includes('2 signed heads on 2 lines') || Math.max(...stopsMs) >= 1_000,
  );
  expect(await here.cli(verify)).toMatchObject({ code: 1, output: expect.stringContaining('not known here') });
}, 60_000);
