import { verifyLog } from '@taskmaster/database/audit';
import { expect, test } from 'vitest';
import { outcomeOf } from '../testing/refusal.ts';
import { useTestWorld } from '../testing/use-test-world.ts';

const world = useTestWorld();

test('the chained row holds the digest of what stands beside it: who changes that is found out', async () => {
  const { owner, person } = world();
  const ann = await person();
  await ann.api.users.updateMe({ full_name: 'Ann “Example”' });
  await ann.api.users.updateMe({ full_name: null });
  expect((await verifyLog(owner)).faults).toEqual([]);
  const salts = await owner`select distinct salt from activity_personal_details`;
  expect(salts).toHaveLength(2);
  await owner`update activity_personal_details set details = '{"full_name":{"before":null,"after":"Eve"}}'
    where details::text like '%"after":"Ann%'`;
  expect((await verifyLog(owner)).faults).toMatchObject([{ reason: 'details changed' }]);
});

test('what is refused leaves nothing beside the log', async () => {
  const { owner, person } = world();
  const [ann, bob] = [await person(), await person()];
  expect(await outcomeOf(ann.api.users.updateMe({ username: bob.username }))).toBe('USERNAME_TAKEN');
  expect(await owner`select from activity_personal_details where user_id = ${ann.id}`).toEqual([]);
});
