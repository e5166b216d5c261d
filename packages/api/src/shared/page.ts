import { pageLimits } from '@taskmaster/core/contracts';
import type { Page, PageQuery } from '@taskmaster/core/contracts';

/** Of a list's count that stops one beyond the bound, as `select count(*) from (… limit countLimit)` gives it. */
export const countLimit = pageLimits.exactTotal + 1;

export const offsetOf = ({ page, size }: PageQuery) => (page - 1) * size;

/** `counted` is the rows of the whole list, or `countLimit` where there are at least as many. */
export function toPage<Item>(items: Item[], counted: number, { page, size }: PageQuery): Page<Item> {
  const isExact = counted < countLimit;
  const seen = items.length === 0 ? 0 : (page - 1) * size + items.length;
  const total = isExact ? counted : Math.max(pageLimits.exactTotal, seen);
  return { items, total, total_is_exact: isExact, page, size, pages: Math.ceil(total / size) };
}
