import type { ListTasksInput } from '@taskmaster/core/contracts';
import type { Actor } from '@taskmaster/core/policies';
import { tasks } from '@taskmaster/core/tables';
import type { Database } from '@taskmaster/database';
import type { SQL } from 'drizzle-orm';
import { and, arrayContains, eq, gte, inArray, lte, or, sql } from 'drizzle-orm';
import { countLimit, offsetOf } from '../shared/page.ts';
import { teamIdsOf } from '../teams/memberships.sql.ts';
import { orderOf } from './tasks-order.sql.ts';
import { matchesSearch } from './tasks-search.sql.ts';
import { taskColumns } from './tasks-columns.sql.ts';
import type { TaskRow } from './tasks-columns.sql.ts';
import { personalSetsOf, visibleTo } from './visible-to.sql.ts';

/** Whose tasks: those in the actor's sphere, those of one team (that the actor may see), or all there are. */
export type Scope = { sphereOf: Actor } | { team_id: string } | 'all';

/** `is_archived` undefined: both. */
export type TaskQuery = Omit<ListTasksInput, 'is_archived'> & { is_archived?: boolean | undefined };

/** A page of tasks in a total order, and how many there are, up to `countLimit`. */
export async function listTasks(
  db: Database,
  scope: Scope,
  query: TaskQuery,
): Promise<{ items: TaskRow[]; counted: number }> {
  const filters = filtersOf(query);
  const { keys, order } = orderOf(query);
  const depth = offsetOf(query) + query.size;
  const firsts = sql`order by ${order} limit ${depth}`;
  const candidates = sourcesOf(scope, query, filters, keys, firsts);
  const page = sql`(select id, ${keys.names} from (${candidates}) merged order by ${keys.order}
    limit ${query.size} offset ${offsetOf(query)}) page`;
  const items = db
    .select(taskColumns)
    .from(page)
    .innerJoin(tasks, eq(tasks.id, sql`page.id`))
    .orderBy(order)
    .prepare('tasks.list')
    .execute();
  const [rows, counted] = await Promise.all([items, countTasks(db, scope, query, filters)]);
  return { items: rows, counted };
}

async function countTasks(db: Database, scope: Scope, query: TaskQuery, filters: SQL | undefined): Promise<number> {
  const limit = sql`limit ${countLimit}`;
  const conditions =
    scope === 'all' || 'team_id' in scope || query.search ? [single(scope)] : visibleTo(scope.sphereOf);
  const sets = conditions.map((set) => sql`(select 1 from ${tasks} where ${and(set, filters) ?? sql`true`} ${limit})`);
  const [row] = await db
    .select({ counted: sql<number>`count(*)`.mapWith(Number) })
    .from(sql`(select 1 from (${sql.join(sets, sql` union all `)}) sets ${limit}) counted`)
    .prepare('tasks.count')
    .execute();
  return row?.counted ?? 0;
}

/** The scope as one condition: where another index, such as the one of the search, decides what is read. */
function single(scope: Scope): SQL | undefined {
  if (scope === 'all') return undefined;
  return 'team_id' in scope ? eq(tasks.team_id, scope.team_id) : or(...visibleTo(scope.sphereOf));
}

type Keys = ReturnType<typeof orderOf>['keys'];

/**
 * Where the rows of a page can come from: the first rows of each team and of each personal set, each read in order
 * from its own index. With a search, or without a sphere, one pass is enough.
 */
function sourcesOf(scope: Scope, query: TaskQuery, filters: SQL | undefined, keys: Keys, firsts: SQL): SQL {
  const rowsOf = (set: SQL | undefined, end: SQL) =>
    sql`(select ${tasks.id}, ${keys.select} from ${tasks} where ${and(set, filters) ?? sql`true`} ${end})`;
  const select = (set: SQL | undefined) => rowsOf(set, firsts);
  // A fence: by the index of an order, all rows would be read for a word that few of them have.
  if (query.search) return rowsOf(single(scope), sql`offset 0`);
  if (scope === 'all' || 'team_id' in scope) return select(single(scope));
  const perTeam = sql`(select first.* from unnest(${teamIdsOf(scope.sphereOf.id)}) mine(team_id)
    cross join lateral ${select(sql`${tasks.team_id} = mine.team_id`)} first)`;
  return sql.join([perTeam, ...personalSetsOf(scope.sphereOf).map(select)], sql` union all `);
}

function filtersOf(query: TaskQuery): SQL | undefined {
  return and(
    query.status && inArray(tasks.status, query.status),
    query.priority && inArray(tasks.priority, query.priority),
    query.assigned_to_id === undefined ? undefined : eq(tasks.assigned_to_id, query.assigned_to_id),
    query.team_id === undefined ? undefined : eq(tasks.team_id, query.team_id),
    query.is_archived === undefined ? undefined : eq(tasks.is_archived, query.is_archived),
    query.due_date_from === undefined ? undefined : gte(tasks.due_date, new Date(query.due_date_from)),
    query.due_date_to === undefined ? undefined : lte(tasks.due_date, new Date(query.due_date_to)),
    query.tag === undefined ? undefined : arrayContains(tasks.tags, [query.tag]),
    query.search ? matchesSearch(query.search) : undefined,
  );
}
