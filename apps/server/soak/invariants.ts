import type { Journal } from './journal.ts';
import type { Measure } from './scenario.ts';
import type { System } from './system.ts';

/** What must hold after every fault. The count of what does not, each with the limit of none. */
export async function measureInvariants({ sql, servers }: System, journal: Journal): Promise<Measure[]> {
  const count = async (query: Promise<readonly { count: number }[]>) => (await query)[0]?.count ?? 0;
  const entries = [...journal.tasks];
  const broken: Record<string, number> = {
    'tasks whose versions are not their activity rows': await count(sql`
      select count(*)::int from tasks t where version <> (
        select count(*) from activity_logs a where a.entity_id = t.id and a.entity_type = 'task')`),
    'acknowledged writes that are not there': await count(sql`
      select count(*)::int
      from unnest(${entries.map(([id]) => id)}::uuid[], ${entries.map(([, version]) => version)}::int[]) as acked (id, version)
      where not exists (select 1 from tasks t where t.id = acked.id and t.version >= acked.version)`),
    'teams without their owner': await count(sql`
      select count(*)::int from teams t where not exists (
        select 1 from team_members m where m.team_id = t.id and m.user_id = t.owner_id and m.role = 'manager')`),
  };
  return [
    ...Object.entries(broken).map(([name, value]) => ({ name, value, atMost: 0 })),
    { name: 'processes that crashed', value: servers.reduce((sum, server) => sum + server.crashes(), 0), atMost: 0 },
  ];
}
