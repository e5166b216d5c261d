import type { ActivityAction, EntityType, PageQuery } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { isAdmin } from '@taskmaster/core/policies';
import {
  activityAddresses,
  activityEntries,
  activityLogs,
  activityPersonalDetails,
  tasks,
} from '@taskmaster/core/tables';
import type { Database, Transaction } from '@taskmaster/database';
import type { SQL } from 'drizzle-orm';
import { and, desc, eq, getTableColumns, isNull, ne, or, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { Changes } from '../shared/changes.ts';
import type { Origin } from '../shared/context.ts';
import { countRows } from '../shared/count-rows.sql.ts';
import { offsetOf } from '../shared/page.ts';
import { rowPlaceholders, rowValues } from '../shared/placeholders.sql.ts';
import { prepareOnce } from '../shared/prepare-once.ts';
import { visibleTo } from '../tasks/visible-to.sql.ts';
import { insert as insertPersonalDetails, setApart } from './personal-details.repository.ts';

export interface Entry {
  action: ActivityAction;
  entity_type: EntityType;
  entity_id: string;
  task_id?: string | null;
  team_id?: string | null;
  details?: Record<string, unknown>;
  /** What it says about the user it is about, who may be erased: kept apart from the row, and shown with it. */
  personal?: Changes;
  /** Who did it where that is not the context's actor, as at register and login. */
  actor_id?: string | null;
}

/** `by`: who did it where that is no user, such as the command line; it stands in the details of every row. */
export type Recorder = Origin & { actor?: Actor; by?: string };

const given = [
  'id',
  'actor_id',
  'action',
  'entity_type',
  'entity_id',
  'task_id',
  'team_id',
  'details',
  'ip_address',
] as const;

const recordQuery = prepareOnce((db, count: number) =>
  db
    .insert(activityEntries)
    .values(rowPlaceholders(activityEntries, given, count))
    .prepare('activity.record'),
);

/** The paragraph that ends every write: its row in the spine, in the write's own transaction. */
export async function record(tx: Transaction, ctx: Recorder, ...entries: Entry[]): Promise<void> {
  const written = entries.map(({ personal, ...entry }) => {
    const id = uuidv7();
    const apart = personal && setApart(personal, { log_id: id, user_id: entry.entity_id });
    const row = {
      id,
      actor_id: ctx.actor?.id ?? null,
      ip_address: ctx.ip_address,
      task_id: null,
      team_id: null,
      ...entry,
      details: { ...entry.details, ...apart?.details, ...(ctx.by !== undefined && { by: ctx.by }) },
    };
    return { row, beside: apart?.beside };
  });
  const rows = written.map(({ row }) => row);
  await recordQuery(tx, rows.length).execute(rowValues(rows));
  const besides = written.flatMap(({ beside }) => beside ?? []);
  if (besides.length > 0) await insertPersonalDetails(tx, besides);
}

const { xid: _xid, seq: _seq, ...logColumns } = getTableColumns(activityLogs);
const columns = {
  ...logColumns,
  personal_details: activityPersonalDetails.details,
  address: activityAddresses.address,
};
export type ActivityRow = Omit<typeof activityLogs.$inferSelect, 'xid' | 'seq'> & {
  /** Null where there are none, or none any more. */
  personal_details: Record<string, unknown> | null;
  /** What `ip_address` refers to; null where it is none, or there is none any more. */
  address: string | null;
};

/** Of what I did, the activity of a task follows the task: it goes out of sight with it. */
const stillVisibleTo = (actor: Actor) =>
  or(
    isNull(activityLogs.task_id),
    sql`exists (select 1 from ${tasks} where ${tasks.id} = ${activityLogs.task_id} and (${or(...visibleTo(actor))}))`,
  );

/** Which rows: what somebody did, what happened to a task (that the actor may see), or all there are. */
export type ActivityScope = { doneBy: Actor } | { task_id: string } | 'all';

function conditionOf(scope: ActivityScope): SQL | undefined {
  if (scope === 'all') return undefined;
  if ('task_id' in scope) return eq(activityLogs.task_id, scope.task_id);
  const { doneBy: actor } = scope;
  const shown = isAdmin(actor) ? undefined : and(stillVisibleTo(actor), ne(activityLogs.action, 'user.refused'));
  return and(eq(activityLogs.actor_id, actor.id), shown);
}

/** The newest first. */
export async function list(db: Database, scope: ActivityScope, query: PageQuery) {
  const where = conditionOf(scope);
  const items = db
    .select(columns)
    .from(activityLogs)
    .leftJoin(activityPersonalDetails, eq(activityPersonalDetails.log_id, activityLogs.id))
    .leftJoin(activityAddresses, eq(activityAddresses.ref, activityLogs.ip_address))
    .where(where)
    .orderBy(desc(activityLogs.created_at), desc(activityLogs.id))
    .limit(query.size)
    .offset(offsetOf(query))
    .prepare('activity.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countRows(db, activityLogs, where)]);
  return { items: rows, counted };
}
