import type { Database } from '@taskmaster/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { World } from '../testing/realtime-world.ts';
import { createWorld } from '../testing/realtime-world.ts';
import { readMissedChanges } from './catch-up.ts';
import type { Mark } from './position.ts';
import { readBatch, readHead } from './read-batch.ts';
import { shareCatchUp } from './shared-catch-up.ts';

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
  const { changes, cursors } = await readBatch(db, { notifications: start, activity: start }, options);
  return {
    viewers: [ann, bob, carl, eve],
    teams: [one, two, undefined],
    places: [start, ...changes.map(({ mark }) => mark)],
    to: cursors.activity,
  };
}

test('all who resume at once, from anywhere, are told what each would be told alone, by one read', async () => {
  const { viewers, teams, places, to } = await history();
  const state = { reads: 0 };
  const counting: Pick<Database, 'transaction'> = {
    transaction: (...args) => {
      state.reads++;
      return world.db.transaction(...args);
    },
  };
  const alone = readMissedChanges(world.db);
  const shared = shareCatchUp({
    db: Object.assign(Object.create(world.db), counting),
    rows: 500,
    deadlineMs: 5_000,
    readAlone: () => Promise.reject(new Error('nobody is that far behind')),
  });
  const cases = viewers.flatMap(({ actor }) =>
    teams.flatMap((team_id) => places.map((from) => ({ viewer: { actor, team_id }, range: rangeFrom(from, to) }))),
  );
  const [together, apart] = [
    await Promise.all(cases.map(({ viewer, range }) => shared(viewer, range))),
    await Promise.all(cases.map(({ viewer, range }) => alone(viewer, range))),
  ];
  expect(together).toEqual(apart);
  expect(together.flatMap((page) => page?.events ?? []).length).toBeGreaterThan(50);
  expect(state.reads).toBe(1);
});

test('who is further behind than is read for all reads alone; a place that is none is told to none', async () => {
  const { viewers, places, to } = await history();
  const [viewer] = viewers.map(({ actor }) => ({ actor, team_id: undefined }));
  const [far, near] = [places[0], places.at(-3)];
  if (!viewer || !far || !near) throw new Error('there is a history');
  const behind: Mark[] = [];
  const alone = readMissedChanges(world.db);
  const shared = shareCatchUp({
    db: world.db,
    rows: 4,
    deadlineMs: 5_000,
    readAlone(one, range) {
      if (range.claim) behind.push(range.claim);
      return alone(one, range);
    },
  });
  const invented = [
    { ...near, at: near.at + 1 },
    { ...near, seq: near.seq + 1_000_000n },
    { xid: to.xid + 1_000_000n, seq: 0n, at: 0 },
  ];
  const pages = await Promise.all([far, near, ...invented].map((from) => shared(viewer, rangeFrom(from, to))));
  expect(behind).toEqual([far]);
  expect(pages.slice(2)).toEqual([undefined, undefined, undefined]);
  expect(pages[0]).toEqual(await alone(viewer, rangeFrom(far, to)));
  expect(pages[1]).toEqual(await alone(viewer, rangeFrom(near, to)));
});

test('a read that fails fails for those who wait for it, and for nobody after them', async () => {
  const { viewers, places, to } = await history();
  const [viewer] = viewers.map(({ actor }) => ({ actor, team_id: undefined }));
  const [from] = places;
  if (!viewer || !from) throw new Error('there is a history');
  const state = { isAway: true };
  const flaky: Pick<Database, 'transaction'> = {
    transaction: (...args) => {
      if (state.isAway) throw new Error('the database is away');
      return world.db.transaction(...args);
    },
  };
  const readAlone = readMissedChanges(world.db);
  const db: Database = Object.assign(Object.create(world.db), flaky);
  const shared = shareCatchUp({ db, rows: 500, deadlineMs: 5_000, readAlone });
  const failing = [1, 2].map(() => shared(viewer, rangeFrom(from, to)));
  for (const one of failing) await expect(one).rejects.toThrow('the database is away');
  state.isAway = false;
  expect(await shared(viewer, rangeFrom(from, to))).toEqual(await readAlone(viewer, rangeFrom(from, to)));
});

function rangeFrom(from: Mark, to: Mark) {
  return { from, to, claim: from, limit: 500 };
}
