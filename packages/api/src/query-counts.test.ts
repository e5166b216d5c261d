import { expect, test } from 'vitest';
import { createServices } from './create-services.ts';
import { appRouter } from './router.ts';
import type { Context } from './shared/context.ts';
import { grow } from './testing/grow.ts';
import { createPermissionWorld } from './testing/permissions/fixture.ts';
import type { ProcedureCell } from './testing/permissions/cells.ts';
import { isProcedureCell, permissionCells } from './testing/permissions/cells.ts';
import { callCell } from './testing/permissions/run-cell.ts';
import { cheapPasswords } from './testing/test-deps.ts';
import { useTestWorld } from './testing/use-test-world.ts';

const statements: string[] = [];
const world = useTestWorld({ logSql: (sql) => statements.push(sql) });

/** Of each operation one call that succeeds, by somebody with a token where it takes one. */
const calls = new Map<string, ProcedureCell>();
const cells = permissionCells().filter(isProcedureCell);
for (const cell of cells.filter(({ expected }) => expected === 'OK')) {
  const known = calls.get(cell.operation);
  if (known === undefined || known.actor === 'anonymous') calls.set(cell.operation, cell);
}

/** How many statements the call sends, in a world of its own with this much in it. BEGIN and COMMIT are not counted. */
async function countStatements(cell: ProcedureCell, size: number): Promise<number> {
  const { db } = world();
  const its = await createPermissionWorld(db, await cheapPasswords.hash('correct-horse-battery'));
  await grow(db, its, size);
  statements.length = 0;
  await callCell(world(), cell, its);
  return statements.length;
}

// auth.refresh succeeds in no cell: it has a test below.
test('every operation but one has a call here', () => {
  const operations = new Set(cells.map(({ operation }) => operation));
  expect([...operations].filter((operation) => !calls.has(operation))).toEqual(['auth.refresh']);
});

/**
 * A query: the token's actor, what it is about, its rows and their total. A mutation: the actor, its locks, what it is
 * about, whom it concerns, the change, its row in the log, and who is told.
 */
const most = { query: 4, mutation: 8 };
const exceptions: Record<string, number> = { 'admin.stats': 9, 'teams.addMember': 9, 'teams.removeMember': 10 };

test.each([...calls])('%s sends as many statements with much data as with little', async (operation, cell) => {
  const few = await countStatements(cell, 1);
  expect(await countStatements(cell, 12)).toBe(few);
  expect(few).toBeLessThanOrEqual(exceptions[operation] ?? most[cell.kind]);
  expect(few).toBeGreaterThan(operation === 'auth.register' ? 1 : 0);
});

test('auth.refresh sends a few statements, however many sessions there are', async () => {
  const { anonymous, person, elsewhere } = world();
  const ann = await person();
  const count = async () => {
    const { refresh_token } = await anonymous.auth.login({ email: ann.email, password: 'correct-horse-battery' });
    statements.length = 0;
    await anonymous.auth.refresh({ refresh_token });
    return statements.length;
  };
  const few = await count();
  for (let i = 0; i < 10; i++) await elsewhere(ann);
  expect(await count()).toBe(few);
  expect(few).toBeLessThanOrEqual(7);
});

test('an Idempotency-Key costs its lock, its question and its answer; nothing where there is none', async () => {
  const { deps, person } = world();
  const { id, session_id } = await person();
  const count = async (key: Pick<Context, 'idempotency_key'>) => {
    const origin = { request_id: 'test', ip_address: null, user_agent: null };
    const actor = { id, session_id, role: 'user' as const };
    const services = createServices(deps);
    const caller = appRouter.createCaller({ ...origin, ...key, services, authenticate: async () => actor });
    statements.length = 0;
    await caller.tasks.create({ title: 'counted' });
    return statements.length;
  };
  const without = await count({});
  expect(await count({ idempotency_key: { value: 'x', onReplay: () => undefined } })).toBe(without + 3);
  expect(without).toBe(2);
});
