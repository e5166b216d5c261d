import type { Actor } from '@taskmaster/core/policies';
import { tasks } from '@taskmaster/core/tables';
import type { SQL } from 'drizzle-orm';
import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { teamIdsOf } from '../teams/memberships.sql.ts';

type Somebody = Pick<Actor, 'id'>;

/** Without a team: what I made; and what I have from others. */
export function personalSetsOf({ id }: Somebody): SQL[] {
  const isPersonal = isNull(tasks.team_id);
  const isMine = and(isPersonal, eq(tasks.created_by_id, id));
  const isForMe = and(isPersonal, eq(tasks.assigned_to_id, id), ne(tasks.created_by_id, id));
  return [isMine, isForMe].filter((set) => set !== undefined);
}

/**
 * The SQL form of `isInSphere`: disjoint sets, each of which an index can serve on its own. A test holds both forms
 * equal.
 */
export function visibleTo(actor: Somebody): SQL[] {
  const inMyTeams = sql`${tasks.team_id} = any (${teamIdsOf(actor.id)})`;
  return [inMyTeams, ...personalSetsOf(actor)];
}
