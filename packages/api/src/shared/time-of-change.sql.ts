import { sql } from 'drizzle-orm';

/**
 * When a row is changed: under its lock, so that a later version never has an earlier time. `now()` is when the
 * transaction began, before it waited for the one whose change this one follows.
 */
export const timeOfChange = sql`clock_timestamp()`;
