import { teamMembers } from '@taskmaster/core/tables';
import type { Transaction } from '@taskmaster/database';
import { sql } from 'drizzle-orm';

/** team → user → the transaction that let them in. */
export type Memberships = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** Of these teams: everybody in them. */
export const ofTeams = (tx: Transaction, team_ids: readonly string[]) => read(tx, 'team_id', team_ids);
/** Of these users, in every team. */
export const ofUsers = (tx: Transaction, user_ids: readonly string[]) => read(tx, 'user_id', user_ids);

async function read(tx: Transaction, by: 'team_id' | 'user_id', ids: readonly string[]): Promise<Memberships> {
  if (ids.length === 0) return new Map();
  const { team_id, user_id, xid } = teamMembers;
  const rows = await tx
    .select({ team_id, user_id, xid })
    .from(teamMembers)
    .where(sql`${teamMembers[by]} = any (${`{${ids.join(',')}}`}::uuid[])`)
    .prepare(`realtime.memberships.${by}`)
    .execute();
  const memberships = new Map<string, Map<string, bigint>>();
  for (const row of rows) {
    const members = memberships.get(row.team_id) ?? new Map<string, bigint>();
    memberships.set(row.team_id, members.set(row.user_id, BigInt(row.xid)));
  }
  return memberships;
}
