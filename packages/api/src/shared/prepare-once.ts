import type { Executor } from '@taskmaster/database';

/**
 * For reads that every request makes: the query is built once for a pool, with placeholders, and then only sent. To
 * build it costs the process more than to send it. A transaction is too short-lived to gain from it: there, and for
 * whoever passes one, it is built as usual.
 */
export function prepareOnce<Query>(build: (db: Executor) => Query): (db: Executor) => Query {
  const kept = new WeakMap<Executor, Query>();
  return (db) => {
    const known = kept.get(db);
    if (known !== undefined) return known;
    const query = build(db);
    kept.set(db, query);
    return query;
  };
}
