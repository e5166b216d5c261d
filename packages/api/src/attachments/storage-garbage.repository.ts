import { storageGarbage } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import { asc, gt, inArray } from 'drizzle-orm';

/** The keys after `after`, in the order of the keys. */
export async function list(db: Database, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .select({ storage_key: storageGarbage.storage_key })
    .from(storageGarbage)
    .where(gt(storageGarbage.storage_key, after))
    .orderBy(asc(storageGarbage.storage_key))
    .limit(limit)
    .prepare('storageGarbage.list')
    .execute();
  return rows.map(({ storage_key }) => storage_key);
}

/** Their bytes are gone. */
export async function remove(db: Database, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await db.delete(storageGarbage).where(inArray(storageGarbage.storage_key, [...keys]));
}
