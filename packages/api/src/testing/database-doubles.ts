import type { Database } from '@taskmaster/database';

type Work = Parameters<Database['transaction']>;

/** A database whose transactions go like this, and which is `db` in all else. */
export const withTransaction = (db: Database, transaction: (...work: Work) => Promise<unknown>): Database =>
  Object.assign(Object.create(db), { transaction });

/** A database that refuses every transaction while it is away. */
export const flakyDatabase = (db: Database, state: { readonly isAway: boolean }): Database =>
  withTransaction(db, (...work) => {
    if (state.isAway) throw new Error('the database is away');
    return db.transaction(...work);
  });

/** A database that answers no transaction while it is silent. */
export const muteDatabase = (db: Database, state: { readonly isSilent: boolean }): Database =>
  withTransaction(db, (...work) => (state.isSilent ? new Promise(() => undefined) : db.transaction(...work)));

/** A query, however it is built, that is never answered. */
const silent: unknown = new Proxy(() => silent, {
  get: (_, name) => (name === 'execute' ? () => new Promise(() => undefined) : silent),
  apply: () => silent,
});

/** A database that never answers the queries which begin with this. */
export const withoutAnswerTo = (db: Database, query: 'select' | 'with'): Database =>
  Object.assign(Object.create(db), { [query]: silent });
