import { bigint, pgTable, primaryKey, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea } from '../shared/columns.ts';

/**
 * What makes the activity log prove itself: each of its rows is a link of one chain, made by the database when the row's
 * transaction commits. `hash` is SHA-256 over the hash of the link before (the chain's id, for the first) and the row.
 * Hand-written SQL adds: the trigger that links; no UPDATE, DELETE or TRUNCATE. See decision record 0005.
 */
export const activityLinks = pgTable(
  'activity_links',
  {
    /** The team's id; for what belongs to no team, one of 16 account chains, by the actor. */
    chain_id: uuid().notNull(),
    /** From 1, without gaps. */
    position: bigint({ mode: 'number' }).notNull(),
    log_id: uuid().notNull(),
    hash: bytea().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain_id, table.position], name: 'activity_links_pkey' }),
    uniqueIndex('activity_links_log_key').on(table.log_id),
  ],
);

/** The last link of each chain: what the next one is made from, and the lock that puts writers of a chain in order. */
export const activityHeads = pgTable('activity_heads', {
  chain_id: uuid().primaryKey(),
  position: bigint({ mode: 'number' }).notNull(),
  hash: bytea().notNull(),
});
