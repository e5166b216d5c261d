import { teams } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createServices } from '../create-services.ts';
import { appRouter } from '../router.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { operationDeadlineMs } from './operation-deadline.ts';
import { write } from './write.ts';

const statements: string[] = [];
const world = useTestWorld({ logSql: (sql) => statements.push(sql) });

const locksOn = async (table: string) =>
  (await world().sql`select from pg_locks where relation = ${table}::regclass`).length;

async function newTeam() {
  const { person, team } = world();
  return team({ owner: await person() });
}

test('a change that is slower than the deadline of its caller is not committed', async () => {
  const { db, deps, hub } = world();
  const { id } = await newTeam();
  const wakesBefore = hub.wakes;
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const late = write(deps, { deadline: performance.now() + 100 }, async (tx) => {
    await tx.update(teams).set({ name: 'Too late' }).where(eq(teams.id, id));
    await released;
  });
  expect(await outcomeOf(late)).toBe('UNAVAILABLE');

  release(undefined);
  await expect.poll(() => locksOn('teams')).toBe(0);
  expect(await db.$count(teams, eq(teams.name, 'Too late'))).toBe(0);
  expect(hub.wakes).toBe(wakesBefore);
});

test('nothing is begun for a caller who has been told already', async () => {
  const { db, deps } = world();
  const { id } = await newTeam();
  const late = write(deps, { deadline: performance.now() - 1 }, (tx) => tx.delete(teams).where(eq(teams.id, id)));
  expect(await outcomeOf(late)).toBe('UNAVAILABLE');
  expect(await db.$count(teams, eq(teams.id, id))).toBe(1);
});

test('an answer that cannot be kept undoes its effect', async () => {
  const { db, deps } = world();
  const { id } = await newTeam();
  const repeatable = { id: 'of an answer that is no JSON', fingerprints: ['x'] as const, onReplay: () => undefined };
  const change = write(deps, { repeatable }, async (tx) => {
    await tx.update(teams).set({ name: 'Not kept' }).where(eq(teams.id, id));
    return 1n;
  });
  await expect(change).rejects.toThrow('BigInt');
  expect(await db.$count(teams, eq(teams.name, 'Not kept'))).toBe(0);
});

test('a repetition asks for the lock before it looks for the answer, or it would miss one that is just committed', async () => {
  const repeatable = { id: 'in this order', fingerprints: ['x'] as const, onReplay: () => undefined };
  statements.length = 0;
  await write(world().deps, { repeatable }, async () => undefined);
  const sent = statements.filter((sql) => /pg_try_advisory_xact_lock|idempotent_answers/.test(sql));
  expect(sent.map((sql) => sql.split(' ', 1)[0])).toEqual(['select', 'select', 'insert']);
  expect(sent[0]).toContain('pg_try_advisory_xact_lock');
});

test('an operation tells its service when its caller stops waiting', async () => {
  const { deps } = world();
  const services = createServices(deps);
  let deadline: number | undefined;
  const caller = appRouter.createCaller({
    request_id: 'test',
    ip_address: null,
    user_agent: null,
    authenticate: () => Promise.reject(new Error('not asked')),
    services: {
      ...services,
      auth: {
        ...services.auth,
        async logout(origin) {
          ({ deadline } = origin);
        },
      },
    },
  });
  const before = performance.now();
  await caller.auth.logout({ refresh_token: 'x' });
  expect(deadline).toBeGreaterThanOrEqual(before + operationDeadlineMs);
  expect(deadline).toBeLessThanOrEqual(performance.now() + operationDeadlineMs);
});
