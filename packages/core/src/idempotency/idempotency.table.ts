import { index, json, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from '../shared/columns.ts';

/**
 * The answer to a request that may be repeated, written in the transaction of its effect. Neither the client's key nor
 * its body stands here, only a digest of each. `json`, not `jsonb`: an answer is given again as it was, key by key.
 */
export const idempotentAnswers = pgTable(
  'idempotent_answers',
  {
    id: text().primaryKey(),
    fingerprint: text().notNull(),
    output: json(),
    expires_at: moment().notNull(),
  },
  (table) => [index('idempotent_answers_expires_at_idx').on(table.expires_at)],
);
