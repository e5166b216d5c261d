import { PostgresJsSession } from 'drizzle-orm/postgres-js';
import type { Executor } from './connect.ts';

/**
 * A prepared query as if it had been built for this pool or transaction: Drizzle ties each to the connection that it was
 * built on, and has no other way to say where one is to be sent.
 */
export function sendThrough<Query extends object>(db: Executor, query: Query): Query {
  const { session } = db._;
  if (!(session instanceof PostgresJsSession)) throw new Error('Queries are sent by postgres.js');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what inherits from a query is one
  return Object.assign(Object.create(query) as Query, { client: session.client, logger: session.logger });
}
