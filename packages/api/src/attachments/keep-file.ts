import type { Transaction } from '@taskmaster/database';
import type { Deps } from '../shared/deps.ts';
import { write } from '../shared/write.ts';
import type { WriteContext } from '../shared/write.ts';

/**
 * Promotes a received file and runs the change that writes its row. The bytes are in their place before the row is
 * committed: a crash in between leaves an object without a row, which the sweeper finds, and never a row without its
 * bytes, which nothing could mend.
 */
export async function keepFile<Result>(
  deps: Pick<Deps, 'db' | 'hub' | 'storage'>,
  { repeatable, stillSees }: Pick<WriteContext, 'repeatable' | 'stillSees'>,
  storage_key: string,
  change: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  let isCommitting = false;
  try {
    await deps.storage.promote(storage_key);
    // An upload as a whole has no deadline: the change has one of its own.
    const kept = await write(deps, { repeatable, stillSees }, async (tx) => {
      const result = await change(tx);
      isCommitting = true;
      return result;
    });
    // The answer to an earlier upload, whose bytes are kept already.
    if (!isCommitting) await removeBytes(deps, storage_key);
    return kept;
  } catch (error) {
    // A COMMIT whose answer was lost may have happened: then the sweeper decides, by whether there is a row.
    if (!isCommitting) await removeBytes(deps, storage_key);
    throw error;
  }
}

/** What cannot be removed now is swept later. */
async function removeBytes({ storage }: Pick<Deps, 'storage'>, storage_key: string): Promise<void> {
  await Promise.allSettled([storage.deleteTemp(storage_key), storage.delete(storage_key)]);
}
