import type { TransactionSql } from 'postgres';
import { findHeadsThatDiffer } from './chain-sql.ts';
import type { ChainFault, ChainHead } from './chain.ts';

/** In one statement. */
export const headsAtOnce = 10_000;

/** A head that is not so any more. `length` is that of its chain as it is now. */
interface Differing {
  chain_id: string;
  position: number;
  is_gone: boolean;
  length: number;
}

/** The chains against heads that were written down outside of the database: cheap, as the rows are left alone. */
export async function compareWithHeads(tx: TransactionSql, known: readonly ChainHead[]): Promise<ChainFault[]> {
  const differing: Differing[] = [];
  for (let start = 0; start < known.length; start += headsAtOnce) {
    const some = known.slice(start, start + headsAtOnce);
    const rows = await tx.unsafe<Differing[]>(findHeadsThatDiffer, [
      some.map(({ chain_id }) => chain_id),
      some.map(({ position }) => position),
      some.map(({ hash }) => hash),
    ]);
    differing.push(...rows);
  }
  const fitting = fittingOf(known, differing);
  return differing.map(({ chain_id, position, is_gone, length }) => {
    if (is_gone && position > length) return { chain_id, position: length + 1, log_id: null, reason: 'cut off' };
    // Up to the newest head before it that still fits, everything is as it was.
    const before = fitting.get(chain_id)?.findLast((head) => head.position < position);
    return { chain_id, position: (before?.position ?? 0) + 1, log_id: null, reason: 'rewritten' };
  });
}

const keyOf = ({ chain_id, position }: { chain_id: string; position: number }) => `${chain_id} ${position}`;

/** Of each chain with a head that differs, those that do not, by position. */
function fittingOf(known: readonly ChainHead[], differing: readonly Differing[]): Map<string, ChainHead[]> {
  const chains = new Set(differing.map(({ chain_id }) => chain_id));
  const bad = new Set(differing.map(keyOf));
  const fitting = known.filter((head) => chains.has(head.chain_id) && !bad.has(keyOf(head)));
  return Map.groupBy(
    fitting.toSorted((one, other) => one.position - other.position),
    ({ chain_id }) => chain_id,
  );
}
