import { listProcedures } from '@taskmaster/rest';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { appRouter } from './router.ts';
import type { ProcedureCell } from './testing/permissions/cells.ts';
import { isProcedureCell, permissionCells } from './testing/permissions/cells.ts';
import type { PermissionWorld } from './testing/permissions/fixture.ts';
import { createPermissionWorld } from './testing/permissions/fixture.ts';
import type { ActorName } from './testing/permissions/model.ts';
import { callCell } from './testing/permissions/run-cell.ts';
import { permissionTable } from './testing/permissions/table.ts';
import { outcomeOf } from './testing/refusal.ts';
import { cheapPasswords } from './testing/test-deps.ts';
import { useTestWorld } from './testing/use-test-world.ts';

const world = useTestWorld();
/** Of what streams bytes the cells are asked over REST, by the server's test. */
const cells = permissionCells().filter(isProcedureCell);
const operations = new Set(cells.map(({ operation }) => operation));

const newWorld = async () => createPermissionWorld(world().db, await cheapPasswords.hash('correct-horse-battery'));

const run = (cell: ProcedureCell, its: PermissionWorld) => outcomeOf(callCell(world(), cell, its));

/** Every row of every table that an operation could change. */
async function fingerprint(): Promise<string> {
  const tables = [
    'users',
    'sessions',
    'refresh_tokens',
    'teams',
    'team_members',
    'tasks',
    'comments',
    'attachments',
    'notifications',
    "(select * from activity_logs where action <> 'user.refused')",
  ];
  const digests = tables.map(
    (table) => sql`(select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from ${sql.raw(table)} t)`,
  );
  const [row] = await world().db.execute<{ digest: string }>(
    sql`select concat(${sql.join(digests, sql`, `)}) as digest`,
  );
  return row?.digest ?? '';
}

test('the table speaks of every operation that is called, and of nothing else', () => {
  const called = listProcedures(appRouter).filter(({ type }) => type !== 'subscription');
  const inTable = permissionTable.filter(({ operation }) => operations.has(operation));
  expect(inTable.map(({ operation, kind }) => `${kind} ${operation}`).toSorted()).toEqual(
    called.map(({ path, type }) => `${type} ${path}`).toSorted(),
  );
});

const groups = new Map<string, ProcedureCell[]>();
for (const cell of cells) {
  const name = `${cell.operation} of ${cell.subject}`;
  groups.set(name, [...(groups.get(name) ?? []), cell]);
}
const isHarmless = ({ kind, expected }: ProcedureCell) => kind === 'query' || expected !== 'OK';

describe(`${cells.length} cells: ${operations.size} operations × actors × subjects`, () => {
  let shared: PermissionWorld;
  beforeAll(async () => {
    shared = await newWorld();
  });

  test.each([...groups])('%s', async (_, group) => {
    const outcomes: Partial<Record<ActorName, string>> = {};
    const before = await fingerprint();
    for (const cell of group.filter(isHarmless)) outcomes[cell.actor] = await run(cell, shared);
    expect(await fingerprint(), 'a refusal changed something').toBe(before);
    // What is done is done in a world of its own.
    for (const cell of group.filter((cell) => !isHarmless(cell)))
      outcomes[cell.actor] = await run(cell, await newWorld());
    expect(outcomes).toEqual(Object.fromEntries(group.map(({ actor, expected }) => [actor, expected])));
  });
});
