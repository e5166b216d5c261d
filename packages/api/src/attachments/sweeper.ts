import type { Deps } from '../shared/deps.ts';
import { knownKeys } from './attachments.repository.ts';
import * as garbage from './storage-garbage.repository.ts';
import type { Swept } from './sweep-keys.ts';
import { removeEach, sweepKeys } from './sweep-keys.ts';

/** Removes bytes that nothing points to any more. Any number of processes may do so at the same time. */
export interface Sweeper {
  /** The bytes of deleted attachments, whatever cascade deleted them: a query, and the files themselves. */
  sweepGarbage: () => Promise<Swept>;
  /** What crashed uploads left: looks at every file there is. */
  sweepStrays: () => Promise<Swept>;
}

export interface SweeperOptions extends Pick<Deps, 'db' | 'storage'> {
  now?: () => Date;
}

const batchSize = 500;
/** No upload takes longer from its last byte to its row, nor goes on for as long without a byte. */
const graceMs = 60 * 60 * 1000;

export function createSweeper({ db, storage, now = () => new Date() }: SweeperOptions): Sweeper {
  const beforeGrace = () => new Date(now().getTime() - graceMs);

  async function sweepTemps(): Promise<Swept> {
    const { removedKeys, errors } = await removeEach(storage.listTemps(beforeGrace()), storage.deleteTemp);
    return { removed: removedKeys.length, errors };
  }

  async function sweepOrphans(): Promise<Swept> {
    const { orphans, known } = await findOrphans(storage.list(beforeGrace()));
    // A crash leaves a few. If most objects are unknown here, the server was started on another database than the one
    // that these files belong to, and to sweep would be to lose them all.
    if (orphans.length > known) {
      const error = new Error(
        `${orphans.length} of ${orphans.length + known} stored files are unknown to this database: none of them is removed`,
      );
      return { removed: 0, errors: [error] };
    }
    const { removedKeys, errors } = await removeEach(orphans, storage.delete);
    return { removed: removedKeys.length, errors };
  }

  async function findOrphans(objects: AsyncIterable<string>) {
    const orphans: string[] = [];
    let known = 0;
    for await (const keys of batches(objects)) {
      const here = await knownKeys(db, keys);
      known += here.size;
      orphans.push(...keys.filter((key) => !here.has(key)));
    }
    return { orphans, known };
  }

  return {
    async sweepGarbage() {
      const total: Swept = { removed: 0, errors: [] };
      let keys: string[] = [];
      do {
        keys = await garbage.list(db, keys.at(-1) ?? '', batchSize);
        const { removed, errors } = await sweepKeys({ db, storage }, keys);
        total.removed += removed;
        total.errors.push(...errors);
      } while (keys.length === batchSize);
      return total;
    },

    async sweepStrays() {
      const [temps, orphans] = [await sweepTemps(), await sweepOrphans()];
      return { removed: temps.removed + orphans.removed, errors: [...temps.errors, ...orphans.errors] };
    },
  };
}

async function* batches(keys: AsyncIterable<string>): AsyncGenerator<string[], void, undefined> {
  let batch: string[] = [];
  for await (const key of keys) {
    if (batch.push(key) < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
