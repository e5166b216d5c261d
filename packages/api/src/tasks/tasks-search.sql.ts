import { tasks } from '@taskmaster/core/tables';
import { sql } from 'drizzle-orm';

/** ASCII punctuation parts words, here as in the generated column `tasks.search`. */
const wordsOf = (search: string) => search.replaceAll(/[!-/:-@[-`{-~]+/g, ' ');

/**
 * Every word of `search`, or its beginning. The words are found by PostgreSQL's own parser, the one that made the
 * column, so that no input is ever read as an operator. Without a word it is null, and matches nothing.
 */
const queryOf = (search: string) => sql`(
  select to_tsquery('simple', string_agg('''' || lexeme || ''':*', ' & '))
  from unnest(to_tsvector('simple', ${wordsOf(search)}))
)`;

export const matchesSearch = (search: string) => sql`${tasks.search} @@ ${queryOf(search)}`;
