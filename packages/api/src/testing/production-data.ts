import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';

const [users, teams, tasks] = [1_000, 100, 100_000];

const idOf = (name: string) =>
  createHash('md5')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
export const idOfUser = (number: number) => idOf(`user-${number}`);
/** One of the five teams of a user. */
export const teamOf = (user: number) => idOf(`team-${1 + (user % teams)}`);

/**
 * The shape of the benchmark's data (bench/seed-data.sql): each user is in 5 of 100 teams, 80 % of the tasks have a team,
 * a user sees about 3.6 % of them; 60 notifications a user; an activity and a task each, from an address of its user. User n has a session with their own id.
 */
export async function fillLikeProduction(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe(`
      set local statement_timeout = '60s';
      set local synchronous_commit = off;
      create function pg_temp.h(i bigint, salt bigint) returns int
        language sql immutable as $$ select (hashint8extended(i, salt) & 2147483647)::int $$;

      insert into users (id, email, username, password_hash, role)
      select md5('user-' || i)::uuid, 'user' || i || '@example.com', 'user' || i, 'none',
             case when i = 1 then 'admin' else 'user' end::user_role
      from generate_series(1, ${users}) i;

      insert into sessions (id, user_id, expires_at) select id, id, now() + interval '1 day' from users;

      insert into teams (id, name, owner_id)
      select md5('team-' || i)::uuid, 'Team ' || i, md5('user-' || (1 + (i * 7) % ${users}))::uuid
      from generate_series(1, ${teams}) i;

      insert into team_members (team_id, user_id, role)
      select id, owner_id, 'manager' from teams;

      insert into team_members (team_id, user_id)
      select md5('team-' || (1 + (u + k * ${teams / 5}) % ${teams}))::uuid, md5('user-' || u)::uuid
      from generate_series(1, ${users}) u, generate_series(0, 4) k
      on conflict do nothing;

      insert into tasks (id, title, description, status, completed_at, priority, tags, due_date, is_archived,
                         assigned_to_id, created_by_id, team_id, created_at, updated_at)
      select md5('task-' || i)::uuid,
             (array['Fix','Write','Review','Deploy','Investigate','Refactor','Document','Design','Test','Remove'])[1 + h1 % 10]
               || ' the ' || (array['login','billing','search','export','import','dashboard','webhook','calendar','invoice','report',
                                    'migration','backup','cache','queue','editor','upload','profile','onboarding','session','audit'])[1 + h2 % 20]
               || ' ' || (array['page','service','job','endpoint','form','test','query','index','alert','widget'])[1 + h3 % 10] || ' #' || i,
             'Reported by customer ' || (h4 % 5000) || ' on build ' || (h5 % 900) || '.',
             (enum_range(null::task_status))[1 + h3 % 5], case when h3 % 5 = 3 then c end,
             (enum_range(null::task_priority))[1 + h4 % 4],
             case h2 % 4 when 0 then array[]::text[] when 1 then array['backend']
                         when 2 then array['frontend','bug'] else array['ops','infra','customer'] end,
             case when h5 % 10 < 7 then timestamptz '2026-01-01' + (h1 % 525600) * interval '1 minute' end,
             h4 % 10 = 0,
             case when h1 % 10 < 9 then md5('user-' || (1 + h5 % ${users}))::uuid end,
             md5('user-' || (1 + (h2 / 64) % ${users}))::uuid,
             case when h3 % 50 < 40 then md5('team-' || (1 + (h4 / 64) % ${teams}))::uuid end,
             c, c
      from (select i, pg_temp.h(i, 1) h1, pg_temp.h(i, 2) h2, pg_temp.h(i, 3) h3, pg_temp.h(i, 4) h4, pg_temp.h(i, 5) h5,
                   timestamptz '2026-01-01' - ((${tasks} - i)::bigint * 31536000 / ${tasks}) * interval '1 second' c
            from generate_series(1, ${tasks}) i offset 0) s;

      insert into notifications (id, user_id, type, title, task_id, team_id, is_read, read_at, created_at)
      select md5('notification-' || i)::uuid, md5('user-' || (1 + i % ${users}))::uuid, 'task_assigned', 'You were assigned',
             t.id, t.team_id, i % 3 <> 0, case when i % 3 <> 0 then now() end, timestamptz '2026-01-01' + i * interval '1 second'
      from generate_series(1, ${users * 60}) i join tasks t on t.id = md5('task-' || (1 + pg_temp.h(i, 11) % ${tasks}))::uuid;

      insert into activity_addresses (ref, user_id, address, salt)
      select 'sha256:' || encode(sha256(uuid_send(id)), 'hex'), id, '192.0.2.7', '' from users;

      -- 100,000 links are of no use here, and the references are there.
      alter table activity_logs disable trigger activity_logs_link;
      alter table activity_logs disable trigger activity_logs_refer;
      insert into activity_logs (id, actor_id, action, entity_type, entity_id, task_id, team_id, details, ip_address)
      select md5('activity-' || i)::uuid, a.user_id, 'task.updated', 'task', t.id, t.id, t.team_id,
             jsonb_build_object('status', 'todo'), a.ref
      from generate_series(1, ${tasks}) i
      join tasks t on t.id = md5('task-' || (1 + pg_temp.h(i, 13) % ${tasks}))::uuid
      join activity_addresses a on a.user_id = md5('user-' || (1 + pg_temp.h(i, 12) % ${users}))::uuid;
      alter table activity_logs enable always trigger activity_logs_link;
      alter table activity_logs enable always trigger activity_logs_refer;
    `);
  });
  await sql.unsafe('analyze');
  await settle(sql);
}

/** As a database stands after a while: an index alone answers for pages that are known to be visible to everybody. */
async function settle(sql: Sql): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await sql.unsafe('vacuum');
    const [row] = await sql<{ unsettled: boolean }[]>`
      select bool_or(relallvisible < relpages) as unsettled from pg_class
      where relname in ('tasks', 'notifications', 'activity_logs', 'team_members')`;
    if (row?.unsettled === false) return;
  }
  throw new Error('an old transaction keeps VACUUM from its work');
}
