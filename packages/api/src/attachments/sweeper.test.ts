import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachments, storageGarbage, teams } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActorContext } from '../shared/context.ts';
import { startSweeper } from './start-sweeper.ts';
import { createSweeper } from './sweeper.ts';
import { chunksOf, createPlace, fileOf } from '../testing/storage-place.ts';

let place: Awaited<ReturnType<typeof createPlace>>;
let owner: ActorContext;
let team_id: string;
let task_id: string;
beforeEach(async () => {
  place = await createPlace();
  owner = await place.createUser();
  team_id = await place.createTeam(owner);
  task_id = await place.createTask(owner, team_id);
});
afterEach(() => place[Symbol.asyncDispose]());

const inMinutes = (minutes: number) => () => new Date(Date.now() + minutes * 60_000);
const upload = () => place.service.upload(owner, { task_id }, fileOf('x'));
async function leaveOrphan() {
  const key = randomUUID();
  await place.storage.writeTemp(key, chunksOf('orphan'));
  await place.storage.promote(key);
  return key;
}

describe('sweepGarbage', () => {
  test('removes the bytes of what a cascade deleted, and nothing else', async () => {
    const sweeper = createSweeper(place);
    await upload();
    await upload();
    expect(await sweeper.sweepGarbage()).toEqual({ removed: 0, errors: [] });
    expect(await place.files()).toHaveLength(2);
    await place.db.delete(teams).where(eq(teams.id, team_id));
    expect(await place.files()).toHaveLength(2);
    expect(await sweeper.sweepGarbage()).toEqual({ removed: 2, errors: [] });
    expect(await place.files()).toEqual([]);
    expect(await place.db.$count(storageGarbage)).toBe(0);
  });

  test('what cannot be removed stays for the next time, and does not keep the rest', async () => {
    await upload();
    await upload();
    const [stuck] = await place.db.select().from(attachments);
    await place.db.delete(attachments);
    const error = new Error('busy');
    const storage = {
      ...place.storage,
      delete: (key: string) => (key === stuck?.storage_key ? Promise.reject(error) : place.storage.delete(key)),
    };
    expect(await createSweeper({ ...place, storage }).sweepGarbage()).toEqual({ removed: 1, errors: [error] });
    expect(await createSweeper(place).sweepGarbage()).toEqual({ removed: 1, errors: [] });
    expect(await place.files()).toEqual([]);
  });

  test('goes on beyond its first batch, also over keys that stay', async () => {
    const keys = Array.from({ length: 1100 }, () => ({ storage_key: randomUUID() }));
    await place.db.insert(storageGarbage).values(keys);
    const storage = { ...place.storage, delete: vi.fn(() => Promise.reject(new Error('busy'))) };
    const { removed, errors } = await createSweeper({ ...place, storage }).sweepGarbage();
    expect([removed, errors.length]).toEqual([0, 1100]);
    expect(await createSweeper(place).sweepGarbage()).toEqual({ removed: 1100, errors: [] });
    expect(await place.db.$count(storageGarbage)).toBe(0);
  });
});

describe('sweepStrays', () => {
  test('removes temporary objects and orphans after an hour, and not before', async () => {
    await upload();
    const kept = await place.files();
    await leaveOrphan();
    await place.storage.writeTemp(randomUUID(), chunksOf('half'));
    expect(await createSweeper({ ...place, now: inMinutes(59) }).sweepStrays()).toEqual({ removed: 0, errors: [] });
    expect(await place.files()).toHaveLength(3);
    expect(await createSweeper({ ...place, now: inMinutes(61) }).sweepStrays()).toEqual({ removed: 2, errors: [] });
    expect(await place.files()).toEqual(kept);
  });

  test('an object in the garbage is known: sweepGarbage removes it', async () => {
    await upload();
    await place.db.delete(attachments);
    expect(await createSweeper({ ...place, now: inMinutes(61) }).sweepStrays()).toEqual({ removed: 0, errors: [] });
    expect(await place.files()).toHaveLength(1);
  });

  test('on a database that knows less than half of the objects it removes none of them', async () => {
    await upload();
    await leaveOrphan();
    await leaveOrphan();
    const { removed, errors } = await createSweeper({ ...place, now: inMinutes(61) }).sweepStrays();
    expect(removed).toBe(0);
    expect(String(errors[0])).toContain('2 of 3 stored files are unknown to this database');
    expect(await place.files()).toHaveLength(3);
  });
});

describe('startSweeper', () => {
  const swept = { removed: 0, errors: [] };

  test('sweeps again and again, tells of errors, and is over when stop has resolved', async () => {
    const failure = new Error('the database is away');
    const stuck = new Error('busy');
    const sweeper = {
      sweepGarbage: vi.fn().mockResolvedValue({ removed: 0, errors: [stuck] }),
      sweepStrays: vi.fn().mockRejectedValue(failure),
    };
    const onError = vi.fn();
    const { stop } = startSweeper(sweeper, { garbageEveryMs: 5, straysEveryMs: 5, onError });
    await expect.poll(() => sweeper.sweepGarbage.mock.calls.length).toBeGreaterThan(2);
    await expect.poll(() => sweeper.sweepStrays.mock.calls.length).toBeGreaterThan(2);
    await stop();
    const calls = sweeper.sweepGarbage.mock.calls.length;
    expect(onError).toHaveBeenCalledWith(failure);
    expect(onError).toHaveBeenCalledWith(stuck);
    await sleep(30);
    expect(sweeper.sweepGarbage).toHaveBeenCalledTimes(calls);
  });

  test('never runs the same sweep twice at a time, and stop waits for the one that runs', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<typeof swept>();
    const sweeper = { sweepGarbage: vi.fn(() => released), sweepStrays: vi.fn().mockResolvedValue(swept) };
    const { stop } = startSweeper(sweeper, { garbageEveryMs: 1, straysEveryMs: 1, onError: vi.fn() });
    await expect.poll(() => sweeper.sweepStrays.mock.calls.length).toBeGreaterThan(3);
    expect(sweeper.sweepGarbage).toHaveBeenCalledTimes(1);
    let isStopped = false;
    const stopping = stop().then(() => {
      isStopped = true;
    });
    await sleep(10);
    expect(isStopped).toBe(false);
    release(swept);
    await stopping;
    expect(sweeper.sweepGarbage).toHaveBeenCalledTimes(1);
  });
});
