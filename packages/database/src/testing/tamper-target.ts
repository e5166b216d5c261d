import type { TransactionSql } from 'postgres';

/** A row in its chain; `position` is null where it is in none. */
export interface Place {
  chain_id: string;
  position: number | null;
}

export interface Link {
  chain_id: string;
  position: number;
  log_id: string;
}

export type Random = (below: number) => number;

/** What each way of tampering is given. */
export interface Target {
  tx: TransactionSql;
  random: Random;
  /** One link, and the whole of its chain. */
  link: Link;
  chain: Link[];
}
