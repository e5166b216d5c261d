import type { TransactionSql } from 'postgres';
import { findHeadsThatDiffer } from './chain-sql.ts';
import type { ChainFault, ChainHead } from './chain.ts';

const headsAtOnce = 10_000;

/** The chains against heads that were written down outside of the database: cheap, as the rows are left alone. */
export async function compareWithHeads(tx: TransactionSql, known: readonly ChainHead[]): Promise<ChainFault[]> {
  const faults: ChainFault[] = [];
  for (let start = 0; start < known.length; start += headsAtOnce) {
    const some = known.slice(start, start + headsAtOnce);
    const rows = await tx.unsafe<{ chain_id: string; position: number; is_gone: boolean; length: number }[]>(
      findHeadsThatDiffer,
      [some.map(({ chain_id }) => chain_id), some.map(({ position }) => position), some.map(({ hash }) => hash)],
    );
    for (const { chain_id, position, is_gone, length } of rows) {
      if (is_gone && position > length) {
        faults.push({ chain_id, position: length + 1, log_id: null, reason: 'cut off' });
        continue;
      }
      // Up to the newest head before it that still fits, everything is as it was.
      const bad = new Set(rows.filter((row) => row.chain_id === chain_id).map((row) => row.position));
      const fitting = known.filter((head) => head.chain_id === chain_id && !bad.has(head.position));
      const before = fitting.map((head) => head.position).filter((each) => each < position);
      faults.push({ chain_id, position: Math.max(0, ...before) + 1, log_id: null, reason: 'rewritten' });
    }
  }
  return faults;
}
