import { createHash, randomBytes } from 'node:crypto';
import { activityPersonalDetails } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { eq } from 'drizzle-orm';
import type { Changes } from '../shared/changes.ts';

/** What stands in the log's own row: that the field changed, for ever. */
const publicOf = (changes: Changes) =>
  Object.fromEntries(Object.keys(changes).map((field) => [field, { changed: true }]));

/** The key of the digest in a row's details, for the verifier (packages/database/src/audit). Never shown: without the salt it says nothing. */
export const digestKey = 'personal_sha256';

/** Of a row of the log about this user that is about to be written: its details, and what is kept beside it. */
export function setApart(changes: Changes, { log_id, user_id }: { log_id: string; user_id: string }) {
  const salt = randomBytes(32);
  const digest = createHash('sha256').update(salt).update(JSON.stringify(changes)).digest('hex');
  return {
    details: { ...publicOf(changes), [digestKey]: digest },
    beside: { log_id, user_id, salt, details: changes },
  };
}

export async function insert(tx: Transaction, rows: (typeof activityPersonalDetails.$inferInsert)[]): Promise<void> {
  await tx.insert(activityPersonalDetails).values(rows).prepare('personalDetails.insert').execute();
}

/** For good, with the salt: from the digest alone nobody can find the values by guessing. */
export async function erasePersonalDetailsOf(tx: Transaction, user_id: string): Promise<void> {
  await tx.delete(activityPersonalDetails).where(eq(activityPersonalDetails.user_id, user_id));
}
