import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { call } from '../system/api.ts';
import type { Journal } from '../load/journal.ts';
import { refresh } from '../load/sessions.ts';
import type { Measure } from '../scenario.ts';
import type { System } from '../system/system.ts';

/** What must hold after every fault: how often each does not. */
export type Invariants = Readonly<Record<(typeof invariants)[number], number>>;

export const invariants = [
  'tasks whose versions are not their activity rows',
  'comments, teams, users or sessions without their one activity row',
  'rows that point to missing bytes',
  'teams without their owner',
  'tokens of dead sessions that work',
  'acknowledged writes that are not there',
] as const;

export type Checked = Pick<System, 'sql' | 'servers' | 'uploadDir'>;

/** How many of the sessions that ended last are tried: those before them were tried after the faults before. */
const deadTried = 10;

export async function checkInvariants(system: Checked, journal: Journal): Promise<Invariants> {
  const { sql } = system;
  const [versions, rows, bytes, owners, tokens, missing] = await Promise.all([
    countRows(sql`
      select 1 from tasks t where version <> (
        select count(*) from activity_logs a where a.task_id = t.id and a.entity_id = t.id)`),
    countRows(activityMismatches(sql)),
    missingBytes(system),
    countRows(sql`
      select 1 from teams t where not exists (
        select 1 from team_members m where m.team_id = t.id and m.user_id = t.owner_id and m.role = 'manager')`),
    liveDeadTokens(system, journal),
    missingWrites(sql, journal),
  ]);
  return {
    'tasks whose versions are not their activity rows': versions,
    'comments, teams, users or sessions without their one activity row': rows,
    'rows that point to missing bytes': bytes,
    'teams without their owner': owners,
    'tokens of dead sessions that work': tokens,
    'acknowledged writes that are not there': missing,
  };
}

export const asMeasures = (found: Invariants): Measure[] =>
  invariants.map((name) => ({ name, value: found[name], atMost: 0 }));

/** The most that was found of each, over several checks. */
export const worse = (one: Invariants, other: Invariants): Invariants => ({
  ...one,
  ...Object.fromEntries(invariants.map((name) => [name, Math.max(one[name], other[name])])),
});

const countRows = async (query: PromiseLike<readonly unknown[]>): Promise<number> => (await query).length;

/** Each has one row that tells of its beginning, and at most one of its end. */
const activityMismatches = (sql: Sql) => sql`
  with told as (select entity_id, action, count(*) as times from activity_logs group by entity_id, action)
  select id from comments c left join told on told.entity_id = c.id and action = 'comment.created'
    where times is distinct from 1
  union all
  select id from teams t left join told on told.entity_id = t.id and action = 'team.created' where times is distinct from 1
  union all
  select id from attachments a left join told on told.entity_id = a.id and action = 'attachment.created'
    where times is distinct from 1
  union all
  select id from users u left join told on told.entity_id = u.id and action = 'user.registered' where times is distinct from 1
  union all
  select id from sessions s left join told on told.entity_id = s.id and action = 'session.started'
    where times is distinct from 1
  union all
  select id from sessions s left join told on told.entity_id = s.id and action in ('session.ended', 'session.reuse_detected')
    where (revoked_at is not null) <> (times is not distinct from 1)`;

async function missingBytes({ sql, uploadDir }: Checked): Promise<number> {
  const rows = await sql<
    { storage_key: string; size_bytes: string }[]
  >`select storage_key, size_bytes from attachments`;
  const sizes = rows.map(async ({ storage_key, size_bytes }) => {
    const file = await stat(join(uploadDir, 'objects', storage_key.slice(0, 2), storage_key)).catch(() => undefined);
    return file?.size === Number(size_bytes);
  });
  return (await Promise.all(sizes)).filter((isThere) => !isThere).length;
}

async function liveDeadTokens({ servers }: Checked, { ended }: Journal): Promise<number> {
  const tries = servers
    .filter((server) => server.isRunning())
    .flatMap(({ url }) =>
      ended
        .slice(-deadTried)
        .flatMap(({ access_token, refresh_token }) => [
          call(url, { token: access_token }, 'GET', '/users/me'),
          refresh(url, refresh_token),
        ]),
    );
  const answers = await Promise.all(tries.map((answer) => answer.catch(() => undefined)));
  return answers.filter((answer) => answer?.status === 200).length;
}

async function missingWrites(sql: Sql, { tasks, comments, attachments, sessions }: Journal): Promise<number> {
  const entries = [...tasks];
  const [ids, versions] = [entries.map(([id]) => id), entries.map(([, version]) => version)];
  const counts = await Promise.all([
    countRows(sql`
      select 1 from unnest(${ids}::uuid[], ${versions}::int[]) as acked (id, version)
      where not exists (select 1 from tasks t where t.id = acked.id and t.version >= acked.version)`),
    countRows(sql`select unnest(${[...comments]}::uuid[]) except select id from comments`),
    countRows(sql`select unnest(${[...attachments]}::uuid[]) except select id from attachments`),
    countRows(sql`select unnest(${[...sessions.keys()]}::uuid[]) except select id from sessions`),
  ]);
  return counts.reduce((total, count) => total + count, 0);
}
