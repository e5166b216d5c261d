import { sendThrough } from '@taskmaster/database';
import type { Executor } from '@taskmaster/database';

/**
 * For what many requests send: the query is built once, with placeholders, and then only sent. To build it costs the
 * process more than to send it. Where its text has variants (which fields are set, how many rows), each is built once:
 * let there be few of them.
 */
export function prepareOnce<Query extends object, Variant = undefined>(
  build: (db: Executor, variant: Variant) => Query,
): (db: Executor, ...variant: Variant extends undefined ? [] : [variant: Variant]) => Query;
export function prepareOnce<Query extends object>(build: (db: Executor, variant: unknown) => Query) {
  const built = new Map<unknown, Query>();
  return (db: Executor, variant?: unknown): Query => {
    let query = built.get(variant);
    if (query === undefined) built.set(variant, (query = build(db, variant)));
    return sendThrough(db, query);
  };
}
