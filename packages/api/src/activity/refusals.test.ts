import type { ActivityLog } from '@taskmaster/core/contracts';
import { activityLogs } from '@taskmaster/core/tables';
import { asc, eq } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { createLimits } from '../limits/limits.ts';
import { createPostgresLimitStore } from '../limits/postgres-limit-store.ts';
import { outcomeOf, outcomesOf } from '../testing/refusal.ts';
import { unlimited } from '../testing/test-deps.ts';
import type { TestWorld, TestWorldOptions } from '../testing/test-world.ts';
import { createTestWorld } from '../testing/test-world.ts';
import { createPeople } from '../testing/people.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

const refusalsIn = async ({ db }: Pick<TestWorld, 'db'>, actor_id: string) =>
  db
    .select({ entity_id: activityLogs.entity_id, details: activityLogs.details })
    .from(activityLogs)
    .where(eq(activityLogs.actor_id, actor_id))
    .orderBy(asc(activityLogs.seq));

test('who may see it but not do it is refused, and that is recorded, for admins to read', async () => {
  const { person, admin, team } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  const { id: team_id } = await team({ owner: ann, members: [bob] });
  const outcomes = [
    await outcomeOf(bob.api.teams.update({ team_id, name: 'not mine to give' })),
    await outcomeOf(bob.api.admin.stats()),
  ];
  expect(outcomes).toEqual(['FORBIDDEN', 'ADMIN_ONLY']);
  const rows = await refusalsIn(world(), bob.id);
  const row = { entity_id: bob.id };
  expect(rows).toEqual([
    { ...row, details: { operation: 'teams.update', code: 'FORBIDDEN' } },
    { ...row, details: { operation: 'admin.stats', code: 'ADMIN_ONLY' } },
  ]);
  const seenBy = async (page: Promise<{ items: ActivityLog[]; total: number }>) =>
    (await page).items.filter(({ action }) => action === 'user.refused');
  const seen = { actor_id: bob.id, ip_address: '192.0.2.1' };
  expect(await seenBy(root.api.activity.all({ size: 100 }))).toMatchObject([seen, seen]);
  expect(await bob.api.activity.mine({})).toMatchObject({ items: [], total: 0 });
});

test('what is not found, not valid, or in conflict is no refusal', async () => {
  const { person, team } = world();
  const [ann, bob] = [await person(), await person()];
  const { id: team_id } = await team({ owner: ann });
  const outcomes = await outcomesOf([
    bob.api.teams.get({ team_id }),
    bob.api.users.updateMe({ username: ann.username }),
  ]);
  expect(outcomes).toEqual(['TEAM_NOT_FOUND', 'USERNAME_TAKEN']);
  expect(await refusalsIn(world(), bob.id)).toEqual([]);
});

test('ten a minute are recorded of one user, and of each of the others', async () => {
  const { db, deps } = world();
  const rate = { points: 1_000, windowSeconds: 60 };
  const rates = { login: rate, register: rate, account: rate, writes: rate, uploads: rate, searches: rate };
  const { person } = createPeople({ ...deps, limits: createLimits(createPostgresLimitStore(db), rates) });
  const [ann, bob] = [await person(), await person()];
  const asked = Array.from({ length: 12 }, () => ann.api.admin.stats());
  expect(new Set(await outcomesOf(asked))).toEqual(new Set(['ADMIN_ONLY']));
  await outcomeOf(bob.api.admin.stats());
  expect(await refusalsIn(world(), ann.id)).toHaveLength(10);
  expect(await refusalsIn(world(), bob.id)).toHaveLength(1);
});

const inWorldWhose = async (consume: () => Promise<void>, work: (world: TestWorld) => Promise<void>) => {
  const log = { warn: vi.fn<(details: object, message: string) => void>() };
  const refusals = { ...unlimited.refusals, consume };
  const options: TestWorldOptions = { deps: { log, limits: { ...unlimited, refusals } } };
  await using other = await createTestWorld(options);
  await work(other);
  expect(log.warn).toHaveBeenCalledWith(
    { err: expect.any(Error), request_id: 'test' },
    'a refusal could not be recorded',
  );
};

test.each([
  ['fails', () => Promise.reject(new Error('nobody counts'))],
  ['never ends', () => new Promise<void>(() => undefined)],
])('the answer is the same where the record %s', async (_, consume) => {
  await inWorldWhose(consume, async (other) => {
    const ann = await other.person();
    expect(await outcomeOf(ann.api.admin.stats())).toBe('ADMIN_ONLY');
    expect(await refusalsIn(other, ann.id)).toEqual([]);
  });
});
