import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { isMemberOf } from '../teams/memberships.sql.ts';

/** The SQL form of `isInSphere` for one task and one user, where both may be columns. */
export const seesTask = (task_id: SQL, user_id: SQL): SQL => sql`exists (
  select 1 from tasks seen where seen.id = ${task_id} and case
    when seen.team_id is null then ${user_id} in (seen.created_by_id, seen.assigned_to_id)
    else ${isMemberOf(sql`seen.team_id`, user_id)}
  end
)`;
