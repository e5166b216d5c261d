import { sessions } from '@taskmaster/core/tables';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record } from '../activity/activity.repository.ts';
import { endSessions } from '../users/end-sessions.ts';
import { hubDefaults } from './hub-settings.ts';
import type { Revocation } from './revocations.ts';
import type { World } from '../testing/realtime-world.ts';
import { until } from '@taskmaster/testing';
import { collect, createWorld, holdOpen, told } from '../testing/realtime-world.ts';

let world: World;
let heard: Revocation[];
beforeAll(async () => {
  world = await createWorld();
  heard = [];
  world.hub.onRevocation((revocation) => heard.push(revocation));
});
afterAll(async () => world[Symbol.asyncDispose]());

async function startSession(user_id: string): Promise<string> {
  const id = uuidv7();
  await world.db.insert(sessions).values({ id, user_id, expires_at: new Date(Date.now() + 900_000) });
  return id;
}

const isOfUser = (user_id: string) => (revocation: Revocation) =>
  revocation.kind === 'user' && revocation.user_id === user_id;
const isOfSession = (session_id: string) => (revocation: Revocation) =>
  revocation.kind === 'session' && revocation.session_id === session_id;

test('the end of a session, by its user or by reuse, and of a user with all their sessions', async () => {
  const { createUser, services, db, hub } = world;
  const [root, user] = [await createUser('admin'), await createUser()];
  const [one, two] = [await startSession(user.actor.id), await startSession(user.actor.id)];
  await services.users.deactivate(root, { user_id: user.actor.id });
  await until(() => heard.some(isOfSession(one)) && heard.some(isOfSession(two)), 'both sessions');
  expect(heard.findIndex(isOfUser(user.actor.id))).toBeLessThan(heard.findIndex(isOfSession(one)));
  expect(heard.filter(isOfUser(user.actor.id))).toHaveLength(1);

  const reused = uuidv7();
  await db.transaction((tx) =>
    record(tx, user, { action: 'session.reuse_detected', entity_type: 'session', entity_id: reused }),
  );
  hub.wake();
  await until(() => heard.some(isOfSession(reused)), 'the reuse');
});

test('another process hears of it by its poll, without any wake-up', async () => {
  const { pollMs } = hubDefaults;
  expect(pollMs, 'of the second that the contract gives').toBeLessThanOrEqual(1_000);
  const other = await world.startQuietHub({ pollMs });
  const there: Revocation[] = [];
  other.onRevocation((revocation) => there.push(revocation));
  const user = await world.createUser();
  const session = await startSession(user.actor.id);
  await world.db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  await until(() => there.length > 0, 'the end of the session');
  expect(there).toEqual([{ kind: 'session', session_id: session }]);
  await other.stop();
});

test('an open transaction of somebody else does not hold it up, and it is told once', async () => {
  const { createUser, db } = world;
  const hub = world.createHubOn(world.channel.connect(), { pollMs: 60_000 });
  await hub.start();
  const there: Revocation[] = [];
  hub.onRevocation((revocation) => there.push(revocation));
  const user = await createUser();
  const session = await startSession(user.actor.id);
  const open = await holdOpen(world);
  const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
  await world.createTask(user);
  await db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  hub.wake();
  await until(() => there.some(isOfSession(session)), 'the end of the session');
  expect(watching.items).toEqual([]);
  await open.release();
  await until(() => watching.items.length === 1, 'the task, soon after');
  await watching.stop();
  await hub.stop();
  expect(there.filter(isOfSession(session))).toHaveLength(1);
});

test('an open transaction does not hold it up either while nobody listens to anything', async () => {
  const { createUser, db } = world;
  const hub = await world.startQuietHub();
  const there: Revocation[] = [];
  hub.onRevocation((revocation) => there.push(revocation));
  const user = await createUser();
  const session = await startSession(user.actor.id);
  const open = await holdOpen(world);
  await db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  hub.wake();
  await until(() => there.length > 0, 'the end of the session');
  await open.release();
  await hub.stop();
  expect(there).toEqual([{ kind: 'session', session_id: session }]);
});

test('a new role holds at once; that others are seen by it is told once, in its place of the stream', async () => {
  const { createUser, createTask, db, services } = world;
  const [root, user] = [await createUser('admin'), await createUser()];
  const session = await startSession(user.actor.id);
  const hub = await world.startQuietHub();
  const there: Revocation[] = [];
  hub.onRevocation((revocation) => there.push(revocation));
  const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
  await until(() => watching.positions.length === 1, 'a position');
  const open = await holdOpen(world);
  await services.users.update(root, { user_id: user.actor.id, role: 'admin' });
  await db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  hub.wake();
  await until(() => there.some(isOfSession(session)), 'a read that has both');
  expect(watching.items).toEqual([]);
  await open.release();
  const { id } = await createTask(root);
  hub.wake();
  await until(() => told(watching).includes(id), 'the task of somebody else');
  await watching.stop();
  await hub.stop();
  expect(told(watching)).toEqual(['resync', id]);
});

test('nothing that was committed after it is delivered; the subscription ends', async () => {
  const { createUser, createTask, db, hub } = world;
  const user = await createUser();
  const session_id = await startSession(user.actor.id);
  const watching = collect((signal) =>
    hub.watchTasks({ ...user, actor: { ...user.actor, session_id } }, undefined, signal),
  );
  const same = collect((signal) => hub.watchTasks(user, undefined, signal));
  await db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  await createTask(user);
  await until(() => same.items.length === 1, 'the event, for the other session');
  expect(await watching.failure).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(watching.items).toEqual([]);
  await same.stop();
});

test('a user who is deactivated is told nothing more on any connection, of a session that is known or not', async () => {
  const { createUser, services, hub } = world;
  const [root, user] = [await createUser('admin'), await createUser()];
  const watching = collect((signal) => hub.watchTasks(user, undefined, signal));
  await until(() => watching.positions.length === 1, 'a position');
  await services.users.deactivate(root, { user_id: user.actor.id });
  expect(await watching.failure).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a listener that throws harms nobody', async () => {
  const { createUser, db, hub } = world;
  const forget = hub.onRevocation(() => {
    throw new Error('a bad listener');
  });
  const user = await createUser();
  const session = await startSession(user.actor.id);
  await db.transaction((tx) => endSessions(tx, user, user.actor.id, 'logout'));
  hub.wake();
  await until(() => heard.some(isOfSession(session)), 'the end of the session');
  expect(hub.stats().readErrors).toBe(0);
  forget();
});
