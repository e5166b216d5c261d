import { taskSortKeys } from '@taskmaster/core/contracts';
import type { ListTasksInput, TaskSortKey } from '@taskmaster/core/contracts';
import { tasks } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

const columnOf = {
  created_at: tasks.created_at,
  updated_at: tasks.updated_at,
  due_date: tasks.due_date,
  priority: tasks.priority,
  title: tasks.title,
} as const satisfies Record<TaskSortKey, PgColumn>;

const isSortKey = (name: string): name is TaskSortKey => taskSortKeys.some((key) => key === name);

/**
 * The order of a list, with the id as tie-break: no row is on two pages, none is missed. `order` is over the table,
 * `keys` the same over rows that carry only their id and the sort key. What has no date comes last either way.
 */
export function orderOf({ sort = '-created_at' }: Pick<ListTasksInput, 'sort'>) {
  const isDescending = sort.startsWith('-');
  const name = sort.replace(/^-/, '');
  if (!isSortKey(name)) throw new RangeError(`no such sort key: ${name}`);
  return inOrder(sql`${columnOf[name]}`, isDescending ? 'desc' : 'asc', name === 'due_date');
}

function inOrder(key: ReturnType<typeof sql>, direction: 'asc' | 'desc', isNullable = false) {
  const way = sql.raw(isNullable ? `${direction} nulls last` : direction);
  const tieBreak = sql.raw(direction);
  return {
    order: sql`${key} ${way}, ${tasks.id} ${tieBreak}`,
    keys: { select: sql`${key} as sort_key`, names: sql`sort_key`, order: sql`sort_key ${way}, id ${tieBreak}` },
  };
}
