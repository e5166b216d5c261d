import type { notifications } from '@taskmaster/core/tables';
import { activityLogs } from '@taskmaster/core/tables';
import { asc, sql } from 'drizzle-orm';
import { narrowingActions, streamedActions } from './action-effects.ts';
import type { Position } from './position.ts';

type Streamed = typeof activityLogs | typeof notifications;

const asRow = ({ xid, seq }: Position) => sql`(${String(xid)}::xid8, ${String(seq)}::bigint)`;

export const isAfter = (table: Streamed, position: Position) => sql`(${table.xid}, ${table.seq}) > ${asRow(position)}`;
export const isUpTo = (table: Streamed, position: Position) => sql`(${table.xid}, ${table.seq}) <= ${asRow(position)}`;
export const inOrder = (table: Streamed) => [asc(table.xid), asc(table.seq)];

/** Below it every transaction is over: what is committed there is all that will ever be there. */
export const horizon = sql`pg_snapshot_xmin(pg_current_snapshot())`;

/** Written out rather than passed: the planner knows them, and the statement has one form. */
const literals = (values: readonly string[]) => sql.raw(values.map((value) => `'${value}'`).join(', '));

/** Nothing else of the activity log is read for it. */
export const isRevocation = sql`${activityLogs.action} in (${literals(narrowingActions)})`;
export const isStreamed = sql`${activityLogs.action} in (${literals(streamedActions)})`;

/** Without the long texts, which no rule asks for. */
const leanDetails = sql<
  Record<string, unknown>
>`${activityLogs.details} - array['title', 'description', 'tags']::text[]`;

/** What a stream needs to know of a change, live or missed. */
export const changeColumns = {
  xid: activityLogs.xid,
  seq: activityLogs.seq,
  created_at: activityLogs.created_at,
  action: activityLogs.action,
  actor_id: activityLogs.actor_id,
  entity_id: activityLogs.entity_id,
  team_id: activityLogs.team_id,
  details: leanDetails,
};
