import { randomUUID } from 'node:crypto';
import type { Person } from './people.ts';
import type { SoakTeam } from './teams.ts';
import type { System } from './system.ts';

/** Teams of so many each, in one transaction, with the owner `owner`: ten thousand additions one by one take minutes. */
export async function createBigTeams(
  { sql }: Pick<System, 'sql'>,
  { owner, people, size }: { owner: Person; people: readonly Person[]; size: number },
): Promise<SoakTeam[]> {
  const teams: SoakTeam[] = [];
  for (let start = 0; start < people.length; start += size) {
    teams.push({ id: randomUUID(), members: [owner, ...people.slice(start, start + size)] });
  }
  const ids = teams.map(({ id }) => id);
  const rows = teams.flatMap(({ id, members }) => members.map((member) => ({ id, user_id: member.id })));
  await sql.begin(async (tx) => {
    await tx`insert into teams (id, name, owner_id) select id, 'Team', ${owner.id} from unnest(${ids}::uuid[]) id`;
    await tx`
      insert into team_members (team_id, user_id, role)
      select t, u, (case when u = ${owner.id} then 'manager' else 'member' end)::team_role
      from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ user_id }) => user_id)}::uuid[]) as new (t, u)`;
    await tx`
      insert into activity_logs (id, actor_id, action, entity_type, entity_id, team_id)
      select gen_random_uuid(), ${owner.id}, 'team.created', 'team', id, id from unnest(${ids}::uuid[]) id`;
  });
  return teams;
}
