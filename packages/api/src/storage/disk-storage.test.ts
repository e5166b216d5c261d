import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, readlink, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@taskmaster/core/errors';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDiskStorage } from './disk-storage.ts';
import type { Storage } from './storage.ts';

let folder: string;
let storage: Storage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskmaster-storage-'));
  storage = createDiskStorage({ folder });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const files = async () => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}
const read = async (key: string, range?: { start: number; end: number }) => {
  const parts: Uint8Array[] = [];
  for await (const part of (await storage.open(key, range)) ?? []) parts.push(part);
  return Buffer.concat(parts).toString();
};
const collect = async (keys: AsyncIterable<string>) => {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all;
};
const later = () => new Date(Date.now() + 1000);
/** What the disk does from now on, whatever file is written. */
async function breakDisk(method: 'writeFile' | 'sync', code: string) {
  const fail = (): Promise<void> => Promise.reject(Object.assign(new Error(code), { code }));
  vi.spyOn(await fileHandles(), method).mockImplementation(fail);
}
/** What all file handles have in common. */
async function fileHandles(): Promise<{ writeFile: () => Promise<void>; sync: () => Promise<void> }> {
  const handle = await open(folder);
  await handle.close();
  return Object.getPrototypeOf(handle);
}

describe('createDiskStorage', () => {
  test('an object is written, promoted, read whole or in part, deleted', async () => {
    const key = randomUUID();
    await storage.writeTemp(key, chunks('012', '', '3456789'));
    expect(await storage.open(key)).toBeUndefined();
    await storage.promote(key);
    expect(await collect(storage.listTemps(later()))).toEqual([]);
    expect(await read(key)).toBe('0123456789');
    expect(await read(key, { start: 2, end: 5 })).toBe('2345');
    await storage.delete(key);
    expect(await storage.open(key)).toBeUndefined();
    await storage.delete(key);
    expect(await files()).toEqual([]);
  });

  test('bytes and names are durable before it is said so', async () => {
    const sync = vi.spyOn(await fileHandles(), 'sync');
    const key = randomUUID();
    await storage.writeTemp(key, chunks('x'));
    // The new folder's name, and the file.
    expect(sync).toHaveBeenCalledTimes(2);
    await storage.promote(key);
    // `objects` in its folder, the shard in `objects`, the file in the shard.
    expect(sync).toHaveBeenCalledTimes(5);
    await storage.writeTemp(randomUUID(), chunks('x'));
    expect(sync).toHaveBeenCalledTimes(6);
  });

  test('of a source that fails nothing is left, and its error is passed on', async () => {
    const error = new Error('the client left');
    async function* failing() {
      yield Buffer.from('half');
      throw error;
    }
    await expect(storage.writeTemp(randomUUID(), failing())).rejects.toBe(error);
    expect(await files()).toEqual([]);
  });

  test('a file is for its owner alone', async () => {
    const key = randomUUID();
    await storage.writeTemp(key, chunks('x'));
    await storage.promote(key);
    const { mode } = await stat(join(folder, 'objects', key.slice(0, 2), key));
    expect(mode & 0o777).toBe(0o600);
  });

  test('a key that is taken is refused, and what lies there stays as it is', async () => {
    const key = randomUUID();
    await storage.writeTemp(key, chunks('first'));
    await expect(storage.writeTemp(key, chunks('second'))).rejects.toMatchObject({ code: 'EEXIST' });
    await storage.promote(key);
    expect(await read(key)).toBe('first');
  });

  test.each(['ENOSPC', 'EDQUOT', 'EMFILE'])('%s while writing: UNAVAILABLE, and nothing is left', async (code) => {
    await breakDisk('writeFile', code);
    const error: unknown = await storage.writeTemp(randomUUID(), chunks('x')).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 30, cause: { code } });
    expect(await files()).toEqual([]);
  });

  test('a disk that is full only at the fsync is full, and one that breaks is our fault', async () => {
    await breakDisk('sync', 'ENOSPC');
    await storage.writeTemp(randomUUID(), chunks('x')).catch(() => undefined);
    expect(await files()).toEqual([]);
    await breakDisk('sync', 'EIO');
    await expect(storage.writeTemp(randomUUID(), chunks('x'))).rejects.toMatchObject({ code: 'EIO' });
    expect(await files()).toEqual([]);
  });

  test.each(['../../etc/passwd', '', '.', 'A0000000-0000-4000-8000-000000000000', `${randomUUID()}/..`])(
    'the key %j never becomes a path',
    async (key) => {
      await expect((async () => storage.writeTemp(key, chunks('x')))()).rejects.toThrow('A storage key is a UUID');
      await expect((async () => storage.open(key))()).rejects.toThrow('A storage key is a UUID');
      await expect((async () => storage.delete(key))()).rejects.toThrow('A storage key is a UUID');
      await expect((async () => storage.promote(key))()).rejects.toThrow('A storage key is a UUID');
    },
  );

  test('lists what was written before a moment, and nothing that is not its own', async () => {
    expect(await collect(storage.list(later()))).toEqual([]);
    const [temp, old, fresh] = [randomUUID(), randomUUID(), randomUUID()];
    for (const key of [temp, old, fresh]) await storage.writeTemp(key, chunks('x'));
    await storage.promote(old);
    await storage.promote(fresh);
    const shard = join(folder, 'objects', old.slice(0, 2));
    await utimes(join(shard, old), new Date(0), new Date(0));
    await writeFile(join(shard, 'README'), 'not an object');
    await writeFile(join(folder, 'objects', 'stray'), 'not a shard');
    expect((await collect(storage.list(later()))).toSorted()).toEqual([old, fresh].toSorted());
    expect(await collect(storage.list(new Date(Date.now() - 1000)))).toEqual([old]);
    expect(await collect(storage.listTemps(later()))).toEqual([temp]);
    await storage.deleteTemp(temp);
    expect(await collect(storage.listTemps(later()))).toEqual([]);
  });

  test('a reader that leaves early frees its descriptor', async () => {
    const key = randomUUID();
    await storage.writeTemp(key, chunks('x'.repeat(300_000)));
    await storage.promote(key);
    const openHere = async () => {
      const targets = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return targets.filter((target) => target.startsWith(folder)).length;
    };
    const held = await storage.open(key);
    expect(await openHere()).toBe(1);
    for await (const _ of held ?? []) break;
    await expect.poll(openHere).toBe(0);
  });
});
