import { activityAddresses } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { eq } from 'drizzle-orm';

// They are written by the database itself, with the row of the log that refers to them: drizzle/0007_activity_addresses.sql.

/** Whether it stands for an address that is kept beside the log. Older rows, and those of no account, hold theirs. */
export const isReference = (ip_address: string | null): boolean => ip_address?.startsWith('sha256:') ?? false;

/**
 * For good, with the salt. Nobody who is writing for the user may be left (`waitForWritersOf`): what they have written is
 * seen only after their commit.
 */
export async function eraseAddressesOf(tx: Transaction, user_id: string): Promise<void> {
  await tx.delete(activityAddresses).where(eq(activityAddresses.user_id, user_id));
}
