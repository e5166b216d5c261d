import type { ActionWith } from './action-effects.ts';
import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import { activityLogs, notifications, tasks, teamMembers } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import type { SQL, SQLWrapper } from 'drizzle-orm';
import { and, desc, eq, sql } from 'drizzle-orm';
import { notificationColumns } from '../notifications/notifications.repository.ts';
import { readableBy } from '../notifications/readable-by.sql.ts';
import { taskColumns } from '../tasks/tasks-columns.sql.ts';
import type { Stream } from './event-id.ts';
import type { Mark, Position } from './position.ts';
import { inOrder, isAfter, isStreamed, isUpTo, leanDetails } from './stream.sql.ts';
import type { TaskViewer } from './task-view.ts';

/** Of the stream, after `from` up to and with `to`. */
export interface Range {
  from: Position;
  to: Position;
  /** The client's word for `from`, to be checked; undefined where `from` is our own. */
  claim: Mark | undefined;
  /** At most so many rows are looked at. */
  limit: number;
}

export type CountedRange = Omit<Range, 'claim'>;

/** A position that this database gave out: its row is there, or it lies between rows that are. */
function isKnown(table: typeof activityLogs | typeof notifications, claim: Mark | undefined, mine: SQL = sql`true`) {
  if (!claim) return sql<boolean>`true`;
  const { xid, seq, at } = claim;
  const xmax = sql`pg_snapshot_xmax(pg_current_snapshot())`;
  if (seq === 0n) return sql<boolean>`${String(xid)}::xid8 <= ${xmax}`;
  return sql<boolean>`${String(xid)}::xid8 < ${xmax} and exists (
    select 1 from ${table} where ${table.xid} = ${String(xid)}::xid8 and ${table.seq} = ${String(seq)}::bigint
      and ${table.created_at} = ${new Date(at).toISOString()}::timestamptz and ${mine})`;
}

/** A prepared statement is known by its name: one for each form that its text can take. */
const formOf = (claim: Mark | undefined) => (claim ? `claim${claim.seq === 0n ? 'Between' : 'Row'}` : 'go');

/** A user's own, those that they may read now. One row more than there are: whether the position is known. */
export async function missedNotifications(db: Database, actor: Actor, { from, to, claim, limit }: Range) {
  const mine = eq(notifications.user_id, actor.id);
  const status = db
    .$with('status')
    .as((query) =>
      query.select({ is_known: isKnown(notifications, claim, mine).as('is_known') }).from(sql`(select 1) one`),
    );
  const missed = db.$with('missed').as((query) =>
    query
      .select({ ...notificationColumns, xid: notifications.xid, seq: notifications.seq })
      .from(notifications)
      .where(and(isAfter(notifications, from), isUpTo(notifications, to), readableBy(actor)))
      .orderBy(...inOrder(notifications))
      .limit(limit),
  );
  const { xid, seq, ...row } = missed._.selectedFields;
  return db
    .with(status, missed)
    .select({ is_known: status.is_known, place: { xid, seq }, row })
    .from(status)
    .leftJoin(missed, sql`${status.is_known}`)
    .orderBy(missed.xid, missed.seq)
    .prepare(`realtime.missedNotifications.${formOf(claim)}.${actor.role}`)
    .execute();
}

/**
 * Changes that may be for the viewer (`viewOf` decides), with the tasks as they are now. Every row tells, beside
 * them, whether the position is known, up to where the stream was looked at and what teams the viewer is in.
 */
export async function missedChanges(db: Database, { actor, team_id }: TaskViewer, { from, to, claim, limit }: Range) {
  const page = db.$with('page').as((query) =>
    query
      .select({
        xid: activityLogs.xid,
        seq: activityLogs.seq,
        created_at: activityLogs.created_at,
        action: sql<ActionWith<'task' | 'members' | 'role'>>`${activityLogs.action}`.as('action'),
        actor_id: activityLogs.actor_id,
        entity_id: activityLogs.entity_id,
        team_id: activityLogs.team_id,
        details: leanDetails.as('details'),
      })
      .from(activityLogs)
      .where(and(isAfter(activityLogs, from), isUpTo(activityLogs, to), isStreamed))
      .orderBy(...inOrder(activityLogs))
      .limit(limit),
  );
  const status = db.$with('status').as((query) =>
    query
      .select({
        is_known: isKnown(activityLogs, claim).as('is_known'),
        memberships: sql<Record<string, string>>`coalesce((
          select jsonb_object_agg(${teamMembers.team_id}, ${teamMembers.xid}::text)
          from ${teamMembers} where ${teamMembers.user_id} = ${actor.id}), '{}')`.as('memberships'),
        looked_at: sql<number>`(select count(*)::int from ${page})`.as('looked_at'),
      })
      .from(sql`(select 1) one`),
  );
  const last = db.$with('last').as((query) =>
    query
      .select({ last_xid: sql<string>`${page.xid}`.as('last_xid'), last_seq: sql<string>`${page.seq}`.as('last_seq') })
      .from(page)
      .orderBy(desc(page.xid), desc(page.seq))
      .limit(1),
  );
  const { details: _, ...columns } = page._.selectedFields;
  return db
    .with(page, status, last)
    .select({
      status: status._.selectedFields,
      last: last._.selectedFields,
      change: columns,
      details: page.details,
      task: taskColumns,
    })
    .from(status)
    .leftJoin(last, sql`${status.is_known}`)
    .leftJoin(page, and(sql`${status.is_known}`, mayConcern(page, actor, team_id)))
    .leftJoin(tasks, eq(tasks.id, page.entity_id))
    .orderBy(page.xid, page.seq)
    .prepare(`realtime.missedChanges.${formOf(claim)}.${actor.role}.${team_id !== undefined}`)
    .execute();
}

/** How many rows of the stream lie in the range, up to its limit. For notifications: of this user's. */
export async function countRange(db: Database, stream: Stream, actor: Actor, { from, to, limit }: CountedRange) {
  const table = stream === 'tasks' ? activityLogs : notifications;
  const isTheirs = stream === 'tasks' ? isStreamed : eq(notifications.user_id, actor.id);
  const rows = db
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(and(isAfter(table, from), isUpTo(table, to), isTheirs));
  const [row] = await db
    .select({ counted: sql<number>`count(*)::int` })
    .from(rows.limit(limit).as('counted'))
    .prepare(`realtime.countRange.${stream}`)
    .execute();
  return row?.counted ?? 0;
}

type Page = Record<'action' | 'entity_id' | 'team_id' | 'details', SQLWrapper>;

/** Wider than the rule and cheaper: what it leaves out is never for this reader. */
function mayConcern({ action, entity_id, team_id: after, details }: Page, actor: Actor, team_id: string | undefined) {
  const before = sql`${details} #>> '{team_id,before}'`;
  const isMyView = sql`(${action} not like 'task.%' and (${entity_id} = ${actor.id} or ${details} ->> 'user_id' = ${actor.id}
    or ${details} -> 'member_ids' ? ${actor.id}))`;
  if (team_id !== undefined) return sql`(${after} = ${team_id} or ${before} = ${team_id} or ${isMyView})`;
  if (isAdmin(actor)) return undefined;
  const mine = sql`select team_id from team_members where user_id = ${actor.id}`;
  return sql`(${isMyView} or ${after} in (${mine}) or ${before} in (select team_id::text from team_members where user_id = ${actor.id})
    or ${actor.id} in (${details} #>> '{assigned_to_id,before}', ${details} #>> '{assigned_to_id,after}', ${details} ->> 'assigned_to_id')
    or exists (select 1 from ${tasks} t where t.id = ${entity_id} and ${actor.id}::uuid in (t.created_by_id, t.assigned_to_id)))`;
}
