import type { besideReasons } from './chain-sql.ts';

/** The last link of a chain at some time. `hash` in hexadecimal. */
export interface ChainHead {
  chain_id: string;
  position: number;
  hash: string;
}

/**
 * - `changed`: the row, its link, or their place is not what was linked
 * - `row missing`: the link is there and its row is not
 * - `link missing`: there is a gap in the chain
 * - `not linked`: the row was not written by the database's own way
 * - `cut off`: the chain was longer, as its head in the database, or one written down outside of it, says
 * - `rewritten`: all links fit, and a head written down outside of the database does not: whoever changed the row, the
 *   first that may be it, has computed the rest of the chain anew
 * - `details changed`, `address changed`: the row is as it was linked, and what is kept beside it for it is not
 * - `details missing`, `address missing`: it is gone, and the log does not say that its user was erased
 */
export interface ChainFault {
  chain_id: string;
  /** Of the first bad row in its chain; null for a row that is in none. */
  position: number | null;
  log_id: string | null;
  reason:
    | 'changed'
    | 'row missing'
    | 'link missing'
    | 'not linked'
    | 'cut off'
    | 'rewritten'
    | (typeof besideReasons)[number];
}
