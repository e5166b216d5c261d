import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '@taskmaster/core/errors';
import { activityLogs, teamMembers } from '@taskmaster/core/tables';
import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withTransaction } from '../testing/database-doubles.ts';
import { refusal } from '../testing/refusal.ts';
import { createPlace, fileOf } from '../testing/storage-place.ts';
import { unlimited } from '../testing/test-deps.ts';
import { createAttachmentsService } from './attachments.service.ts';
import type { UploadSource } from './attachments.transfer.ts';

let place: Awaited<ReturnType<typeof createPlace>>;
beforeAll(async () => {
  place = await createPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

/** A source that must not be asked. */
const untouched = vi.fn<UploadSource>(() => Promise.reject(new Error('a byte was asked for')));

test('keeps the bytes, what is known of them, and a row in the log', async () => {
  const { user, task_id } = await place.newTask();
  const made = await place.service.upload(user, { task_id }, fileOf('hello', '../b.txt'));
  expect(made).toMatchObject({
    task_id,
    uploader_id: user.actor.id,
    filename: 'b.txt',
    content_type: 'text/plain',
    size_bytes: 5,
    sha256: createHash('sha256').update('hello').digest('hex'),
  });
  expect(Object.keys(made)).not.toContain('storage_key');
  expect(await place.download(user, task_id, made.id)).toBe('hello');
  expect(await place.db.select().from(activityLogs).where(eq(activityLogs.entity_id, made.id))).toMatchObject([
    {
      action: 'attachment.created',
      entity_type: 'attachment',
      task_id,
      actor_id: user.actor.id,
      details: { filename: 'b.txt', size_bytes: 5 },
    },
  ]);
});

test('a file of no bytes is one', async () => {
  const { user, task_id } = await place.newTask();
  const made = await place.service.upload(user, { task_id }, fileOf(''));
  expect(made.size_bytes).toBe(0);
  expect(await place.download(user, task_id, made.id)).toBe('');
});

test('exactly the limit is taken; one byte more is refused, and nothing is stored', async () => {
  const { user, task_id } = await place.newTask();
  const { size_bytes } = await place.service.upload(user, { task_id }, fileOf('x'.repeat(1000)));
  expect(size_bytes).toBe(1000);
  const before = await place.files();
  const tooMuch = place.service.upload(user, { task_id }, fileOf('x'.repeat(1001)));
  await expect(tooMuch).rejects.toMatchObject(refusal('FILE_TOO_LARGE'));
  expect(await place.files()).toEqual(before);
  expect(await place.rowsOf(task_id)).toHaveLength(1);
});

test('who may not see the task is told so before a byte is asked for', async () => {
  const { task_id } = await place.newTask();
  const outsider = await place.createUser();
  await expect(place.service.upload(outsider, { task_id }, untouched)).rejects.toMatchObject(refusal('TASK_NOT_FOUND'));
  await expect(place.service.upload(outsider, { task_id: uuidv7() }, untouched)).rejects.toMatchObject(
    refusal('TASK_NOT_FOUND'),
  );
  expect(untouched).not.toHaveBeenCalled();
});

test('a key that is none is refused before a byte is asked for', async () => {
  const { user, task_id } = await place.newTask();
  const idempotency_key = { value: 'has a space', onReplay: () => undefined };
  await expect(place.service.upload({ ...user, idempotency_key }, { task_id }, untouched)).rejects.toMatchObject(
    refusal('IDEMPOTENCY_KEY_MALFORMED'),
  );
  expect(untouched).not.toHaveBeenCalled();
});

test('whose budget is spent is told so before a byte is asked for', async () => {
  const { user, task_id } = await place.newTask();
  const refusing = { ...unlimited.uploads, consume: () => Promise.reject(new AppError('RATE_LIMITED')) };
  const service = createAttachmentsService({ ...place.deps, limits: { ...unlimited, uploads: refusing } });
  await expect(service.upload(user, { task_id }, untouched)).rejects.toMatchObject(refusal('RATE_LIMITED'));
  expect(untouched).not.toHaveBeenCalled();
});

describe('who loses sight of the task while the bytes come', () => {
  async function member() {
    const [owner, leaver] = [await place.createUser(), await place.createUser()];
    const task_id = await place.createTask(owner, await place.createTeam(owner, leaver));
    const leaving: UploadSource = async (store) => {
      await fileOf('x')(store);
      await place.db.delete(teamMembers).where(eq(teamMembers.user_id, leaver.actor.id));
    };
    return { leaver, task_id, leaving };
  }

  test('stores nothing', async () => {
    const { leaver, task_id, leaving } = await member();
    const before = await place.files();
    await expect(place.service.upload(leaver, { task_id }, leaving)).rejects.toMatchObject(refusal('TASK_NOT_FOUND'));
    expect(await place.files()).toEqual(before);
    expect(await place.rowsOf(task_id)).toEqual([]);
  });

  test('hears nothing of what the same upload answered before', async () => {
    const { leaver, task_id, leaving } = await member();
    const onReplay = vi.fn();
    const keyed = { ...leaver, idempotency_key: { value: randomUUID(), onReplay } };
    const made = await place.service.upload(keyed, { task_id }, fileOf('x'));
    expect(await place.service.upload(keyed, { task_id }, fileOf('x'))).toEqual(made);
    expect(onReplay).toHaveBeenCalledOnce();
    const before = await place.files();
    await expect(place.service.upload(keyed, { task_id }, leaving)).rejects.toMatchObject(refusal('TASK_NOT_FOUND'));
    expect(onReplay).toHaveBeenCalledOnce();
    expect(await place.files()).toEqual(before);
  });
});

test('a request that fails after its file leaves nothing', async () => {
  const { user, task_id } = await place.newTask();
  const before = await place.files();
  const error = new Error('the rest of the body was broken');
  const broken: UploadSource = async (store) => {
    await fileOf('x')(store);
    throw error;
  };
  await expect(place.service.upload(user, { task_id }, broken)).rejects.toBe(error);
  await expect(place.service.upload(user, { task_id }, () => Promise.reject(error))).rejects.toBe(error);
  await expect(place.service.upload(user, { task_id }, () => Promise.resolve())).rejects.toThrow('has to store');
  expect(await place.files()).toEqual(before);
  expect(await place.rowsOf(task_id)).toEqual([]);
});

test('a promotion that fails leaves neither bytes nor a row', async () => {
  const { user, task_id } = await place.newTask();
  const before = await place.files();
  const storage = { ...place.storage, promote: () => Promise.reject(new Error('no folder')) };
  const service = createAttachmentsService({ ...place.deps, storage });
  await expect(service.upload(user, { task_id }, fileOf('x'))).rejects.toThrow('no folder');
  expect(await place.files()).toEqual(before);
  expect(await place.rowsOf(task_id)).toEqual([]);
});

test('the bytes are in their place before the row can be seen', async () => {
  const { user, task_id } = await place.newTask();
  const seen: number[] = [];
  const storage = {
    ...place.storage,
    async promote(key: string) {
      seen.push((await place.rowsOf(task_id)).length);
      await place.storage.promote(key);
    },
  };
  await createAttachmentsService({ ...place.deps, storage }).upload(user, { task_id }, fileOf('x'));
  expect(seen).toEqual([0]);
});

test('a COMMIT whose outcome is unknown keeps the bytes for the sweeper to judge', async () => {
  const { user, task_id } = await place.newTask();
  const before = await place.files();
  const db = withTransaction(place.db, async (change) => {
    await place.db.transaction(change);
    throw new Error('the answer to COMMIT was lost');
  });
  const service = createAttachmentsService({ ...place.deps, db });
  await expect(service.upload(user, { task_id }, fileOf('kept'))).rejects.toThrow('COMMIT was lost');
  expect(await place.files()).toHaveLength(before.length + 1);
  const [row] = await place.rowsOf(task_id);
  expect(await place.download(user, task_id, row?.id ?? '')).toBe('kept');
});
