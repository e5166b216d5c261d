import { knownNetworks, users } from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import { eq, lt, sql } from 'drizzle-orm';
import { removeRows } from '../expiry/remove-rows.sql.ts';

/** A network is forgotten when nobody has come from it for so long. */
const rememberedDays = sql.raw(`interval '90 days'`);
const isForgotten = lt(knownNetworks.last_used_at, sql`now() - ${rememberedDays}`);

/** Of a query about `users`: whether the user has been logged in from this network. */
export const isKnownNetwork = (network: string) => sql<boolean>`exists (
  select 1 from ${knownNetworks}
  where ${knownNetworks.user_id} = ${users.id} and ${knownNetworks.network} = ${network} and not ${isForgotten}
)`;

/** The user holds a session there. Written once a day at most. */
export async function remember(tx: Transaction, user_id: string, network: string): Promise<void> {
  await tx
    .insert(knownNetworks)
    .values({ user_id, network })
    .onConflictDoUpdate({
      target: [knownNetworks.user_id, knownNetworks.network],
      set: { last_used_at: sql`now()` },
      setWhere: lt(knownNetworks.last_used_at, sql`now() - interval '1 day'`),
    })
    .prepare('knownNetworks.remember')
    .execute();
}

export const removeForgotten = (db: Database): Promise<void> => removeRows(db, knownNetworks, isForgotten);

export async function forgetNetworksOf(tx: Transaction, user_id: string): Promise<void> {
  await tx.delete(knownNetworks).where(eq(knownNetworks.user_id, user_id));
}
