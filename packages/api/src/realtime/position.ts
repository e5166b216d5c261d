/** A place in the stream of committed rows: between two rows, or on one. Rows count their `seq` from 1. */
export interface Position {
  xid: bigint;
  seq: bigint;
}

/** A position with the time of its row, in milliseconds since the epoch: how old it is, is known without the row. */
export interface Mark extends Position {
  at: number;
}

/** Negative, 0 or positive, as `toSorted` wants it: by transaction, then by row. */
export function comparePositions(one: Position, other: Position): number {
  if (one.xid !== other.xid) return one.xid < other.xid ? -1 : 1;
  if (one.seq !== other.seq) return one.seq < other.seq ? -1 : 1;
  return 0;
}

/** Before every row of the transaction `xid`, after every row of those before it. It has no row, and no time of its own. */
export const startOf = (xid: bigint): Mark => ({ xid, seq: 0n, at: 0 });

/** The same place, for somebody who is given it now: between rows its age counts from here. */
export const asOf = (mark: Mark, now: number): Mark => (mark.seq === 0n ? { ...mark, at: now } : mark);
