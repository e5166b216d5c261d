import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '@taskmaster/core/errors';
import { activityLogs, attachments, storageGarbage, tasks, teamMembers, teams } from '@taskmaster/core/tables';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { uuidv7 } from 'uuidv7';
import type { ActorContext } from '../shared/context.ts';
import { createAttachmentsService } from './attachments.service.ts';
import type { UploadSource } from './attachments.transfer.ts';
import { withTransaction } from '../testing/database-doubles.ts';
import { createPlace, fileOf } from '../testing/storage-place.ts';
import { unlimited } from '../testing/test-deps.ts';

let place: Awaited<ReturnType<typeof createPlace>>;
beforeAll(async () => {
  place = await createPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

const refusal = (code: string) => ({ name: 'AppError', code });
const read = async (bytes: AsyncIterable<Uint8Array>) => {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
};
const download = async (ctx: ActorContext, task_id: string, attachment_id: string) => {
  const { open } = await place.service.download(ctx, { task_id, attachment_id });
  return read(await open());
};
const firstPage = { page: 1, size: 20 };
const rowsOf = (task_id: string) => place.db.select().from(attachments).where(eq(attachments.task_id, task_id));
/** A source that must not be asked. */
const untouched = vi.fn<UploadSource>(() => Promise.reject(new Error('a byte was asked for')));

async function newTask() {
  const user = await place.createUser();
  return { user, task_id: await place.createTask(user) };
}

describe('upload', () => {
  test('keeps the bytes, what is known of them, and a row in the log', async () => {
    const { user, task_id } = await newTask();
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
    expect(await download(user, task_id, made.id)).toBe('hello');
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
    const { user, task_id } = await newTask();
    const made = await place.service.upload(user, { task_id }, fileOf(''));
    expect(made.size_bytes).toBe(0);
    expect(await download(user, task_id, made.id)).toBe('');
  });

  test('exactly the limit is taken; one byte more is refused, and nothing is stored', async () => {
    const { user, task_id } = await newTask();
    const { size_bytes } = await place.service.upload(user, { task_id }, fileOf('x'.repeat(1000)));
    expect(size_bytes).toBe(1000);
    const before = await place.files();
    const tooMuch = place.service.upload(user, { task_id }, fileOf('x'.repeat(1001)));
    await expect(tooMuch).rejects.toMatchObject(refusal('FILE_TOO_LARGE'));
    expect(await place.files()).toEqual(before);
    expect(await rowsOf(task_id)).toHaveLength(1);
  });

  test('who may not see the task is told so before a byte is asked for', async () => {
    const { task_id } = await newTask();
    const outsider = await place.createUser();
    await expect(place.service.upload(outsider, { task_id }, untouched)).rejects.toMatchObject(
      refusal('TASK_NOT_FOUND'),
    );
    await expect(place.service.upload(outsider, { task_id: uuidv7() }, untouched)).rejects.toMatchObject(
      refusal('TASK_NOT_FOUND'),
    );
    expect(untouched).not.toHaveBeenCalled();
  });

  test('a key that is none is refused before a byte is asked for', async () => {
    const { user, task_id } = await newTask();
    const idempotency_key = { value: 'has a space', onReplay: () => undefined };
    await expect(place.service.upload({ ...user, idempotency_key }, { task_id }, untouched)).rejects.toMatchObject(
      refusal('IDEMPOTENCY_KEY_MALFORMED'),
    );
    expect(untouched).not.toHaveBeenCalled();
  });

  test('whose budget is spent is told so before a byte is asked for', async () => {
    const { user, task_id } = await newTask();
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
      expect(await rowsOf(task_id)).toEqual([]);
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
    const { user, task_id } = await newTask();
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
    expect(await rowsOf(task_id)).toEqual([]);
  });

  test('a promotion that fails leaves neither bytes nor a row', async () => {
    const { user, task_id } = await newTask();
    const before = await place.files();
    const storage = { ...place.storage, promote: () => Promise.reject(new Error('no folder')) };
    const service = createAttachmentsService({ ...place.deps, storage });
    await expect(service.upload(user, { task_id }, fileOf('x'))).rejects.toThrow('no folder');
    expect(await place.files()).toEqual(before);
    expect(await rowsOf(task_id)).toEqual([]);
  });

  test('the bytes are in their place before the row can be seen', async () => {
    const { user, task_id } = await newTask();
    const seen: number[] = [];
    const storage = {
      ...place.storage,
      async promote(key: string) {
        seen.push((await rowsOf(task_id)).length);
        await place.storage.promote(key);
      },
    };
    await createAttachmentsService({ ...place.deps, storage }).upload(user, { task_id }, fileOf('x'));
    expect(seen).toEqual([0]);
  });

  test('a COMMIT whose outcome is unknown keeps the bytes for the sweeper to judge', async () => {
    const { user, task_id } = await newTask();
    const before = await place.files();
    const db = withTransaction(place.db, async (change) => {
      await place.db.transaction(change);
      throw new Error('the answer to COMMIT was lost');
    });
    const service = createAttachmentsService({ ...place.deps, db });
    await expect(service.upload(user, { task_id }, fileOf('kept'))).rejects.toThrow('COMMIT was lost');
    expect(await place.files()).toHaveLength(before.length + 1);
    const [row] = await rowsOf(task_id);
    expect(await download(user, task_id, row?.id ?? '')).toBe('kept');
  });
});

describe('list and download', () => {
  test('whoever sees the task, the newest first; nobody else', async () => {
    const [owner, member, outsider] = [await place.createUser(), await place.createUser(), await place.createUser()];
    const task_id = await place.createTask(owner, await place.createTeam(owner, member));
    const one = await place.service.upload(owner, { task_id }, fileOf('1'));
    const two = await place.service.upload(member, { task_id }, fileOf('2'));
    for (const ctx of [owner, member, await place.createUser('admin')]) {
      expect(await place.service.list(ctx, { task_id, ...firstPage })).toMatchObject({ items: [two, one], total: 2 });
      expect(await download(ctx, task_id, one.id)).toBe('1');
    }
    const second = await place.service.list(owner, { task_id, page: 2, size: 1 });
    expect(second).toMatchObject({ items: [one], total: 2, pages: 2 });
    await expect(place.service.list(outsider, { task_id, ...firstPage })).rejects.toMatchObject(
      refusal('TASK_NOT_FOUND'),
    );
    await expect(download(outsider, task_id, one.id)).rejects.toMatchObject(refusal('TASK_NOT_FOUND'));
  });

  test('an attachment is not reached through another task', async () => {
    const { user, task_id } = await newTask();
    const other = await place.createTask(user);
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    await expect(download(user, other, id)).rejects.toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
    const misled = place.service.delete(user, { task_id: other, attachment_id: id });
    await expect(misled).rejects.toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
    expect(await download(user, task_id, id)).toBe('x');
  });

  test('bytes that went between the look and the reading are gone; bytes that are lost are our fault', async () => {
    const { user, task_id } = await newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const { open } = await place.service.download(user, { task_id, attachment_id: id });
    const [row] = await rowsOf(task_id);
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
    expect(await rowsOf(task_id)).toEqual([]);
  });

  test('the row, the bytes and the garbage go; the log keeps the record', async () => {
    const { user, task_id } = await newTask();
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
    const { user, task_id } = await newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const tries = Array.from({ length: 8 }, () => place.service.delete(user, { task_id, attachment_id: id }));
    const outcomes = await Promise.allSettled(tries);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toHaveLength(7);
    for (const reason of refused) expect(reason).toMatchObject(refusal('ATTACHMENT_NOT_FOUND'));
  });

  test('bytes that cannot be removed now do not keep the attachment: they stay in the garbage', async () => {
    const { user, task_id } = await newTask();
    const { id } = await place.service.upload(user, { task_id }, fileOf('x'));
    const [row] = await rowsOf(task_id);
    const storage = { ...place.storage, delete: () => Promise.reject(new Error('busy')) };
    await createAttachmentsService({ ...place.deps, storage }).delete(user, { task_id, attachment_id: id });
    expect(await rowsOf(task_id)).toEqual([]);
    const left = await place.db.select({ storage_key: storageGarbage.storage_key }).from(storageGarbage);
    expect(left).toEqual([{ storage_key: row?.storage_key }]);
    await place.db.delete(storageGarbage);
  });

  test('with a task or a team the keys of its attachments become garbage', async () => {
    const owner = await place.createUser();
    const team_id = await place.createTeam(owner);
    const task_id = await place.createTask(owner, team_id);
    await place.service.upload(owner, { task_id }, fileOf('x'));
    const keys = (await rowsOf(task_id)).map(({ storage_key }) => ({ storage_key }));
    await place.db.delete(teams).where(eq(teams.id, team_id));
    expect(await place.db.$count(tasks, eq(tasks.id, task_id))).toBe(0);
    expect(await place.db.select({ storage_key: storageGarbage.storage_key }).from(storageGarbage)).toEqual(keys);
  });
});
