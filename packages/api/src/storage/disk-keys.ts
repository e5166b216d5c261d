import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from './disk-errors.ts';

const keyPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The last wall before the file system: whatever is not one of our UUIDs is a fault of ours. */
export function assertKey(key: string): string {
  if (!keyPattern.test(key)) throw new Error('A storage key is a UUID that the server made');
  return key;
}

/** The folder of a key: 256 of them hold a million files in thousands each. */
export const shardOf = (key: string) => assertKey(key).slice(0, 2);

/** The keys of the files in a folder that were last written before this moment. */
export async function* keysIn(folder: string, before: Date): AsyncGenerator<string, void, undefined> {
  for await (const { name } of entriesOf(folder)) {
    if (!keyPattern.test(name)) continue;
    const file = await stat(join(folder, name)).catch(ignoreMissing);
    if (file !== undefined && file.mtime < before) yield name;
  }
}

export async function* keysInShards(folder: string, before: Date): AsyncGenerator<string, void, undefined> {
  for await (const entry of entriesOf(folder)) {
    if (entry.isDirectory()) yield* keysIn(join(folder, entry.name), before);
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent, void, undefined> {
  const entries = await opendir(folder).catch(ignoreMissing);
  if (entries !== undefined) yield* entries;
}
