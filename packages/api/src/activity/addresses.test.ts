import { CreateTaskInput } from '@taskmaster/core/contracts';
import { transaction } from '@taskmaster/database';
import { verifyLog } from '@taskmaster/database/audit';
import { expect, test } from 'vitest';
import { createServices } from '../create-services.ts';
import type { Person } from '../testing/people.ts';
import { everybodysPassword as password } from '../testing/people.ts';
import { outcomeOf } from '../testing/refusal.ts';
import { untilWaiting } from '../testing/waiting.ts';
import { useTestWorld } from '../testing/use-test-world.ts';
import { eraseUser } from '../users/command-line/erase-user.ts';
import * as usersRepository from '../users/users.repository.ts';
import { record } from './activity.repository.ts';
import { eraseAddressesOf } from './addresses.repository.ts';

const world = useTestWorld();

const originOf = (ip_address: string) => ({ request_id: 'test', ip_address, user_agent: null });
const actorAt = ({ id, session_id }: Person, ip_address: string) => ({
  ...originOf(ip_address),
  actor: { id, session_id, role: 'user' as const },
});
const aboutThemselves = ({ id }: Person) => ({ action: 'user.updated', entity_type: 'user', entity_id: id }) as const;

const keptOf = ({ id }: { id: string }) => world().owner<{ ref: string; address: string }[]>`
  select ref, address from activity_addresses where user_id = ${id} order by address`;
const rowsAbout = ({ id }: { id: string }) => world().owner<{ id: string; ip_address: string | null }[]>`
  select id, ip_address from activity_logs where ${id} in (actor_id, entity_id) order by seq`;
async function shownTo(reader: Person, { id }: { id: string }) {
  const { items } = await reader.api.activity.all({ size: 100 });
  return items.filter((row) => row.actor_id === id || row.entity_id === id).map(({ ip_address }) => ip_address);
}

test('the log holds a digest of an address, and shows the address; one row for each user and address', async () => {
  const { owner, deps, person, admin } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  const { tasks } = createServices(deps);
  const task = CreateTaskInput.parse({ title: 'x' });
  for (const address of ['192.0.2.7', '2001:db8::7', '192.0.2.7']) await tasks.create(actorAt(ann, address), task);
  await tasks.create(actorAt(bob, '192.0.2.7'), task);
  const kept = await keptOf(ann);
  expect(kept.map(({ address }) => address)).toEqual(['192.0.2.7', '2001:db8::7']);
  const refs = (await rowsAbout(ann)).map(({ ip_address }) => ip_address);
  expect(refs).toEqual([kept[0]?.ref, kept[1]?.ref, kept[0]?.ref]);
  expect((await keptOf(bob))[0]?.ref).not.toBe(kept[0]?.ref);
  const [digests] = await owner<{ fit: boolean }[]>`
    select bool_and(ref = 'sha256:' || encode(sha256(salt || convert_to(address, 'UTF8')), 'hex')) as fit from activity_addresses`;
  expect(digests?.fit).toBe(true);
  expect(await shownTo(root, ann)).toEqual(['192.0.2.7', '2001:db8::7', '192.0.2.7']);
  expect((await ann.api.activity.mine({})).items.map(({ ip_address }) => ip_address)).toContain('2001:db8::7');
});

test('a refused login belongs to the account that was meant; where there is none, the row keeps its address', async () => {
  const { owner, deps, person, admin } = world();
  const [ann, root] = [await person(), await admin()];
  const { auth } = createServices(deps);
  const nobody = { id: '00000000-0000-0000-0000-000000000000' };
  const refuse = (address: string, email: string) =>
    outcomeOf(auth.login(originOf(address), { email, password: 'wrong-horse-battery' }));
  expect(await refuse('198.51.100.1', ann.email)).toBe('INVALID_CREDENTIALS');
  expect(await refuse('198.51.100.2', 'nobody@example.com')).toBe('INVALID_CREDENTIALS');
  expect((await keptOf(ann)).map(({ address }) => address)).toEqual(['198.51.100.1']);
  expect((await rowsAbout(nobody)).map(({ ip_address }) => ip_address)).toEqual(['198.51.100.2']);
  expect(await shownTo(root, ann)).toEqual(['198.51.100.1']);
  expect(await shownTo(root, nobody)).toEqual(['198.51.100.2']);
  await eraseUser(world().db, ann.id);
  expect(await shownTo(root, ann)).toEqual([null, null, null]);
  expect((await verifyLog(owner)).faults).toEqual([]);
});

test('what was written by an older version goes on to be shown', async () => {
  const { owner, person, admin } = world();
  const [ann, root] = [await person(), await admin()];
  await owner`alter table activity_logs disable trigger activity_logs_refer`;
  await owner`insert into activity_logs (id, actor_id, action, entity_type, entity_id, ip_address)
    values (gen_random_uuid(), ${ann.id}, 'user.updated', 'user', ${ann.id}, '203.0.113.9')`;
  await owner`alter table activity_logs enable always trigger activity_logs_refer`;
  expect(await shownTo(root, ann)).toEqual(['203.0.113.9']);
});

test('who is erased has no address any more, the others have theirs, and the chain holds', async () => {
  const { db, owner, person, admin, anonymous } = world();
  const [ann, bob, root] = [await person(), await person(), await admin()];
  await anonymous.auth.login({ email: ann.email, password });
  await ann.api.users.updateMe({ full_name: 'Ann Example' });
  await bob.api.users.updateMe({ full_name: 'Bob Example' });
  await eraseUser(db, ann.id);
  expect(await keptOf(ann)).toEqual([]);
  expect(new Set(await shownTo(root, ann))).toEqual(new Set([null]));
  expect(await shownTo(root, bob)).toEqual(['192.0.2.1']);
  expect((await verifyLog(owner)).faults).toEqual([]);
});

test('a request that is under way when its user is erased is waited for', async () => {
  const { db, owner, person } = world();
  const ann = await person();
  const [isWritten, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const writing = transaction(db, async (tx) => {
    await record(tx, actorAt(ann, '198.51.100.3'), aboutThemselves(ann));
    isWritten.resolve();
    await mayCommit.promise;
  });
  await isWritten.promise;
  const erasing = eraseUser(db, ann.id);
  await Promise.race([untilWaiting(owner), erasing]);
  mayCommit.resolve();
  await Promise.all([writing, erasing]);
  expect(await keptOf(ann)).toEqual([]);
});

test('a request that comes while its user is erased, or later, brings no address back', async () => {
  const { db, owner, person } = world();
  const ann = await person();
  const [isErased, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const erasing = transaction(db, async (tx) => {
    await usersRepository.erase(tx, ann.id);
    await usersRepository.waitForWritersOf(tx, ann.id);
    await eraseAddressesOf(tx, ann.id);
    isErased.resolve();
    await mayCommit.promise;
  });
  await isErased.promise;
  const recordFrom = (address: string) =>
    transaction(db, (tx) => record(tx, actorAt(ann, address), aboutThemselves(ann)));
  const late = recordFrom('198.51.100.4');
  await untilWaiting(owner);
  mayCommit.resolve();
  await Promise.all([erasing, late]);
  await recordFrom('198.51.100.5');
  expect(await keptOf(ann)).toEqual([]);
  expect((await rowsAbout(ann)).map(({ ip_address }) => ip_address)).toEqual([null, null]);
});

test('two requests that bring the same address for the first time do not wait for each other', async () => {
  const { db, person, admin } = world();
  const [ann, root] = [await person(), await admin()];
  await transaction(db, async (one) => {
    await record(one, actorAt(ann, '198.51.100.6'), aboutThemselves(ann));
    await transaction(db, (other) => record(other, actorAt(ann, '198.51.100.6'), aboutThemselves(ann)));
  });
  expect(await shownTo(root, ann)).toEqual(['198.51.100.6', '198.51.100.6']);
});
