import { activityLogs, storageGarbage, tasks, teams } from '@taskmaster/core/tables';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../testing/refusal.ts';
import { createPlace, fileOf } from '../testing/storage-place.ts';
import { createAttachmentsService } from './attachments.service.ts';

let place: Awaited<ReturnType<typeof createPlace>>;
beforeAll(async () => {
  place = await createPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

const firstPage = { page: 1, size: 20 };

describe('list and download', () => {
  test('whoever sees the task, the newest first; nobody else', async () => {
    const [owner, member, outsider] = [await place.createUser(), await place.createUser(), await place.createUser()];
    const task_id = await place.createTask(owner, await place.createTeam(owner, member));
    const one = await place.service.upload(owner, { task_id }, fileOf('1'));
    const two = await place.service.upload(member, { task_id }, fileOf('2'));
    for (const ctx of [owner, member, await place.createUser('admin')]) {
      expect(await place.service.list(ctx, { task_id, ...firstPage })).toMatchObject({ items: [two, one], total: 2 });
      expect(await place.download(ctx, task_id, one.id)).toBe('1');
    }
    const second = await place.service.list(owner, { task_id, page: 2, size: 1 });
    expect(second).toMatchObject({ items: [one], total: 2, pages: 2 });
    await expect(place.service.list(outsider, { task_id, ...firstPage })).rejects.toMatchObject(
      refusal('TASK_NOT_FOUND'),
    );
    await expect(place.download(outsider, task_id, one.id)).rejects.toMatchObject(refusal('TASK_NOT_FOUND'));
  });

  test('an attachment is not reached through another task', async () => {
    const { user, task_id } = await place.newTask();
    const other = await place.createTask(user);
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    await expect(place.download(user, other, id)).rejects.toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
    const misled = place.service.delete(user, { task_id: other, attachment_id: id });
    await expect(misled).rejects.toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
    expect(await place.download(user, task_id, id)).toBe('x');
  });

  test('bytes that went between the look and the reading are gone; bytes that are lost are our fault', async () => {
    const { user, task_id } = await place.newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const { open } = await place.service.download(user, { task_id, attachment_id: id });
    const [row] = await place.rowsOf(task_id);
    await place.storage.delete(row?.storage_key ?? '');
    await expect(open()).rejects.toThrow(`The bytes of attachment ${id} are missing`);
    await place.service.delete(user, { task_id, attachment_id: id });
    await expect(open()).rejects.toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
  });
});

describe('delete', () => {
  test('by the uploader and by admins; other members see it, and may not', async () => {
    const [owner, member] = [await place.createUser(), await place.createUser()];
    const task_id = await place.createTask(owner, await place.createTeam(owner, member));
    const upload = async () => (await place.service.upload(member, { task_id }, fileOf('x'))).id;
    const [mine, other] = [await upload(), await upload()];
    // The manager of the team and creator of the task is neither.
    await expect(place.service.delete(owner, { task_id, attachment_id: mine })).rejects.toMatchObject(
      refusal('FORBIDDEN'),
    );
    await place.service.delete(member, { task_id, attachment_id: mine });
    await place.service.delete(await place.createUser('admin'), { task_id, attachment_id: other });
    expect(await place.rowsOf(task_id)).toEqual([]);
  });

  test('the row, the bytes and the garbage go; the log keeps the record', async () => {
    const { user, task_id } = await place.newTask();
    const before = await place.files();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    await place.service.delete(user, { task_id, attachment_id: id });
    expect(await place.files()).toEqual(before);
    expect(await place.db.$count(storageGarbage)).toBe(0);
    const log = place.db
      .select()
      .from(activityLogs)
      .where(eq(activityLogs.entity_id, id))
      .orderBy(asc(activityLogs.seq));
    expect((await log).map(({ action }) => action)).toEqual(['attachment.created', 'attachment.deleted']);
  });

  test('in parallel: one succeeds, the others find nothing', async () => {
    const { user, task_id } = await place.newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const tries = Array.from({ length: 8 }, () => place.service.delete(user, { task_id, attachment_id: id }));
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toHaveLength(7);
    for (const reason of refused) expect(reason).toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
  });

  test('bytes that cannot be removed now do not keep the attachment: they stay in the garbage', async () => {
    const { user, task_id } = await place.newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const [row] = await place.rowsOf(task_id);
    const storage = { ...place.storage, delete: () => Promise.reject(new Error('busy')) };
    await createAttachmentsService({ ...place.deps, storage }).delete(user, { task_id, attachment_id: id });
    expect(await place.rowsOf(task_id)).toEqual([]);
    const left = await place.db.select({ storage_key: storageGarbage.storage_key }).from(storageGarbage);
    expect(left).toEqual([{ storage_key: row?.storage_key }]);
    await place.db.delete(storageGarbage);
  });

  test('with a task or a team the keys of its attachments become garbage', async () => {
    const owner = await place.createUser();
    const team_id = await place.createTeam(owner);
    const task_id = await place.createTask(owner, team_id);
    await place.service.upload(owner, { task_id }, fileOf('x'));
    const keys = (await place.rowsOf(task_id)).map(({ storage_key }) => ({ storage_key }));
    await place.db.delete(teams).where(eq(teams.id, team_id));
    expect(await place.db.$count(tasks, eq(tasks.id, task_id))).toBe(0);
    expect(await place.db.select({ storage_key: storageGarbage.storage_key }).from(storageGarbage)).toEqual(keys);
  });
});
