import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ignoreMissing, throwUnavailable } from './disk-errors.ts';
import { makeFolder, syncFolder } from './disk-folders.ts';
import { assertKey, keysIn, keysInShards, shardOf } from './disk-keys.ts';
import type { Storage } from './storage.ts';

/**
 * Objects as files below `folder`: `temp/<key>` while they are written, `objects/ab/<key>` afterwards, on one file
 * system, so that the promotion is a rename. Several processes may share the folder.
 */
export function createDiskStorage({ folder }: { folder: string }): Storage {
  const temps = join(folder, 'temp');
  const objects = join(folder, 'objects');
  const tempPath = (key: string) => join(temps, assertKey(key));
  const objectPath = (key: string) => join(objects, shardOf(key), assertKey(key));

  return {
    async writeTemp(key, source) {
      const path = tempPath(key);
      try {
        await makeFolder(temps);
        await writeDurably(path, source);
      } catch (error) {
        throwUnavailable(error);
      }
    },

    async promote(key) {
      const path = objectPath(key);
      try {
        await makeFolder(dirname(path));
        await rename(tempPath(key), path);
        await syncFolder(dirname(path));
      } catch (error) {
        throwUnavailable(error);
      }
    },

    async open(key, range) {
      const handle = await open(objectPath(key)).catch(ignoreMissing).catch(throwUnavailable);
      return handle?.createReadStream(range);
    },

    delete: (key) => rm(objectPath(key), { force: true }),
    deleteTemp: (key) => rm(tempPath(key), { force: true }),
    list: (before) => keysInShards(objects, before),
    listTemps: (before) => keysIn(temps, before),
  };
}

/** Throws with nothing of it left. A file that lies there already is another's: it stays as it is. */
async function writeDurably(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await fill(handle, source);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function fill(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(source, (chunks: AsyncIterable<Uint8Array>) => handle.writeFile(chunks));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
