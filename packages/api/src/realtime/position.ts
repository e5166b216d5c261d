/** A place in the stream of committed rows: between two rows, or on one. Rows count their `seq` from 1. */
export interface Position {
  xid: bigint;
  seq: bigint;
}

export function comparePositions(one: Position, other: Position): number {
  if (one.xid !== other.xid) return one.xid < other.xid ? -1 : 1;
  if (one.seq !== other.seq) return one.seq < other.seq ? -1 : 1;
  return 0;
}

/** Before every row of the transaction `xid`, after every row of those before it. */
export const startOf = (xid: bigint): Position => ({ xid, seq: 0n });
