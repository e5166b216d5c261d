import type { Deps } from '../shared/deps.ts';
import * as garbage from './storage-garbage.repository.ts';

/** What of a sweep's work was done, and why the rest was not. */
export interface Swept {
  removed: number;
  errors: unknown[];
}

/** Removes the bytes of garbage, then what remembers it: in this order nothing is forgotten. */
export async function sweepKeys(
  { db, storage }: Pick<Deps, 'db' | 'storage'>,
  keys: readonly string[],
): Promise<Swept> {
  const swept = await removeEach(keys, (key) => storage.delete(key));
  await garbage.remove(db, swept.removedKeys);
  return { removed: swept.removedKeys.length, errors: swept.errors };
}

/** One that cannot be removed does not keep the others. */
export async function removeEach(
  keys: Iterable<string> | AsyncIterable<string>,
  remove: (key: string) => Promise<void>,
) {
  const removedKeys: string[] = [];
  const errors: unknown[] = [];
  for await (const key of keys) {
    try {
      await remove(key);
      removedKeys.push(key);
    } catch (error) {
      errors.push(error);
    }
  }
  return { removedKeys, errors };
}
