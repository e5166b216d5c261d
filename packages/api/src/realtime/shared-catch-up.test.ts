import { teamMembers } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { DatabaseDeadlineError } from '@taskmaster/database';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flakyDatabase, muteDatabase, withTransaction } from '../testing/database-doubles.ts';
import type { World } from '../testing/realtime-world.ts';
import { createWorld, holdOpen, untilReadable } from '../testing/realtime-world.ts';
import { untilWaiting } from '../testing/waiting.ts';
import type { Range } from './catch-up.repository.ts';
import type { Mark } from './position.ts';
import { readBatch, readHead } from './read-batch.ts';
import { shareCatchUp } from './shared-catch-up.ts';
import type { TaskViewer } from './task-view.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => world[Symbol.asyncDispose]());

const options = { wants: { notifications: false, tasks: true }, rowsAtOnce: 500, deadlineMs: 5_000 };

/** Changes of every kind, and every place between them. */
async function history() {
  const { db, createUser, createTeam, createTask, addMember, services } = world;
  const start = await readHead(db, 5_000);
  const [ann, bob, carl, eve] = [await createUser(), await createUser(), await createUser(), await createUser('admin')];
  const [one, two] = [await createTeam(ann, bob, carl), await createTeam(ann, carl)];
  const task = await createTask(ann, { team_id: one });
  const personal = await createTask(ann, { assigned_to_id: bob.actor.id });
  await services.tasks.update(ann, { task_id: task.id, team_id: two });
  await services.tasks.update(ann, { task_id: personal.id, title: 'changed' });
  await services.teams.removeMember(ann, { team_id: one, user_id: carl.actor.id });
  await createTask(ann, { team_id: one });
  await addMember(ann, two, bob);
  await services.tasks.archive(ann, { task_id: task.id });
  await createTask(carl);
  await untilReadable(world);
  const { changes, cursors } = await readBatch(db, { notifications: start, activity: start }, options);
  const [viewers, places, to] = [[ann, bob, carl, eve], [start, ...changes.map(({ mark }) => mark)], cursors.activity];
  const cases = viewers.flatMap(({ actor }) =>
    [one, two, undefined].flatMap((team_id) =>
      places.map((from) => ({ viewer: { actor, team_id }, range: rangeFrom(from, to) })),
    ),
  );
  return { viewers, places, to, cases };
}

/** A hub's share in it: how often the database was asked. */
function countReads() {
  const state = { reads: 0 };
  const db = withTransaction(world.db, (...work) => {
    state.reads++;
    return world.db.transaction(...work);
  });
  return { state, db };
}

const share = (rows: number, db: Database = world.db) => shareCatchUp({ db, rows, deadlineMs: 5_000 });

/** Every page of it. Undefined: the position is refused. */
async function readToEnd(readPage: ReturnType<typeof share>, viewer: TaskViewer, range: Range) {
  const events = [];
  for (let next: Range | undefined = range; next;) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(viewer, next);
    if (!page) return undefined;
    events.push(...page.events);
    next = page.next && { ...range, from: page.next, claim: undefined };
  }
  return events;
}

test('all who resume at once, from anywhere, are told what each would be told alone, by one read', async () => {
  const { cases } = await history();
  const { state, db } = countReads();
  const together = share(500, db);
  const pages = await Promise.all(cases.map(({ viewer, range }) => together(viewer, range)));
  expect(state.reads).toBe(1);
  expect(pages).toEqual(await Promise.all(cases.map(({ viewer, range }) => share(500)(viewer, range))));
  expect(pages.flatMap((page) => page?.events ?? []).length).toBeGreaterThan(50);
});

test('of one read each is told up to where they were handed live events from', async () => {
  const { viewers, places, to } = await history();
  const [from] = places;
  if (!from) throw new Error('there is a history');
  const cases = viewers.flatMap(({ actor }) =>
    [...places, to].map((end) => ({ viewer: { actor, team_id: undefined }, range: rangeFrom(from, end) })),
  );
  const { state, db } = countReads();
  const together = share(500, db);
  const pages = await Promise.all(cases.map(({ viewer, range }) => together(viewer, range)));
  expect(state.reads).toBe(1);
  expect(pages).toEqual(await Promise.all(cases.map(({ viewer, range }) => share(500)(viewer, range))));
  expect(new Set(pages.map((page) => page?.events.length)).size).toBeGreaterThan(3);
});

test('more readers than one read is for are served by more reads', async () => {
  const { cases } = await history();
  const [first] = cases;
  if (!first) throw new Error('there is a history');
  const { state, db } = countReads();
  const together = share(500, db);
  await Promise.all(Array.from({ length: 501 }, () => together(first.viewer, first.range)));
  expect(state.reads).toBe(2);
});

test('changes and memberships are of one moment', async () => {
  const { db, owner, createUser, createTeam, createTask } = world;
  const [ann, bob] = [await createUser(), await createUser()];
  const team_id = await createTeam(ann, bob);
  await untilReadable(world);
  const start = await readHead(db, 5_000);
  await createTask(ann, { team_id });
  await untilReadable(world);
  const { cursors } = await readBatch(db, { notifications: start, activity: start }, options);
  // What is read first does not need the table that is locked here.
  const leaving = await holdOpen(world, async (tx) => {
    await tx.execute(sql`lock table team_members in access exclusive mode`);
    await tx.delete(teamMembers).where(eq(teamMembers.user_id, bob.actor.id));
  });
  const reading = share(500)({ actor: bob.actor, team_id: undefined }, rangeFrom(start, cursors.activity));
  await untilWaiting(owner);
  await leaving.release();
  expect((await reading)?.events.map(({ event }) => event.type)).toEqual(['task']);
});

test('who is further behind than one read reaches is told the same in pages, by few reads for all', async () => {
  const { cases, places } = await history();
  const { state, db } = countReads();
  const rows = 4;
  const paged = share(rows, db);
  const events = await Promise.all(cases.map(({ viewer, range }) => readToEnd(paged, viewer, range)));
  // The newest, which serve nearly all, and every page once; some pages twice, for those who began in them.
  expect(state.reads).toBeLessThanOrEqual(1 + 2 * Math.ceil(places.length / rows));
  const whole = share(500);
  expect(events).toEqual(await Promise.all(cases.map(({ viewer, range }) => readToEnd(whole, viewer, range))));
});

test('a place that is none is told to be none', async () => {
  const { viewers, places, to } = await history();
  const [viewer] = viewers;
  const near = places.at(-3);
  if (!viewer || !near) throw new Error('there is a history');
  const invented = [
    { ...near, at: near.at + 1 },
    { ...near, seq: near.seq + 1_000_000n },
    { xid: to.xid + 1_000_000n, seq: 0n, at: 0 },
  ];
  const shared = share(500);
  const pages = await Promise.all(
    [near, ...invented].map((from) => shared({ actor: viewer.actor, team_id: undefined }, rangeFrom(from, to))),
  );
  expect(pages.map((page) => page !== undefined)).toEqual([true, false, false, false]);
});

test('a read that fails fails for those who wait for it, and for nobody after them', async () => {
  const { cases } = await history();
  const [one, other] = cases;
  if (!one || !other) throw new Error('there is a history');
  const state = { isAway: true };
  const shared = share(500, flakyDatabase(world.db, state));
  const failing = [one, other].map(({ viewer, range }) => shared(viewer, range));
  for (const each of failing) await expect(each).rejects.toThrow('the database is away');
  state.isAway = false;
  expect(await shared(one.viewer, one.range)).toEqual(await share(500)(one.viewer, one.range));
});

test('a read that is never answered is given up, for those who wait for it', async () => {
  const { cases } = await history();
  const [one] = cases;
  if (!one) throw new Error('there is a history');
  const state = { isSilent: true };
  const shared = shareCatchUp({ db: muteDatabase(world.db, state), rows: 500, deadlineMs: 2_000 });
  await expect(shared(one.viewer, one.range)).rejects.toBeInstanceOf(DatabaseDeadlineError);
  state.isSilent = false;
  expect(await shared(one.viewer, one.range)).toEqual(await share(500)(one.viewer, one.range));
});

function rangeFrom(from: Mark, to: Mark): Range {
  return { from, to, claim: from, limit: 500 };
}
