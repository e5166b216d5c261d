import type { TeamRole } from '@taskmaster/core/contracts';
import type { Placeholder, SQL, SQLWrapper } from 'drizzle-orm';
import { sql } from 'drizzle-orm';

type UserId = string | Placeholder | SQL;

// Names are written out: in the columns of a select of one table Drizzle leaves the table off, and `team_id` would be
// that of `m`. Whoever passes a team's id for such a place writes it out, too: sql`tasks.team_id`.

/** The teams of somebody, as an array: read once, then an index is walked per team. */
export const teamIdsOf = (user_id: UserId): SQL =>
  sql`array(select m.team_id from team_members m where m.user_id = ${user_id})`;

/** What somebody is in a team; null: no member. */
export const roleIn = (team_id: SQLWrapper, user_id: UserId) =>
  sql<TeamRole | null>`(select m.role from team_members m where m.team_id = ${team_id} and m.user_id = ${user_id})`;

export const isMemberOf = (team_id: SQLWrapper, user_id: UserId): SQL =>
  sql`exists (select 1 from team_members m where m.team_id = ${team_id} and m.user_id = ${user_id})`;
