import type { Sql, TransactionSql } from 'postgres';
import { besideReasons, judgeAll, readEnds } from './chain-sql.ts';
import type { ChainFault, ChainHead } from './chain.ts';
import { compareWithHeads } from './compare-with-heads.ts';

export interface VerifyOptions {
  /** Heads that were written down outside of the database. */
  known?: readonly ChainHead[];
}

export interface Verification {
  rows: number;
  chains: number;
  /**
   * The first bad row of each chain that has one, and the first with something bad beside it, by chain and position.
   * Empty: everything is as it was written.
   */
  faults: ChainFault[];
}

/** One statement may read everything. More memory than this made it no faster. */
const settings = `SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '32MB'`;

/** All chains in one snapshot, so that what is written meanwhile does not matter. Reads only. */
export async function verifyLog(sql: Sql, { known = [] }: VerifyOptions = {}): Promise<Verification> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    await tx.unsafe(settings);
    const [{ rows } = { rows: 0 }] = await tx<{ rows: number }[]>`
      SELECT count(*)::int AS rows FROM public.activity_logs`;
    const last = await tx.unsafe<ChainHead[]>(readEnds);
    const ends = new Map(last.map((end) => [end.chain_id, end]));
    const faults = await tx.unsafe<ChainFault[]>(judgeAll);
    faults.push(...(await cutOff(tx, ends)), ...(await compareWithHeads(tx, known)));
    return { rows, chains: ends.size, faults: firstOfEach(faults) };
  });
}

/** A chain and its head in the database have to agree: who cuts the one off has to set back the other. */
async function cutOff(tx: TransactionSql, ends: ReadonlyMap<string, ChainHead>): Promise<ChainFault[]> {
  const heads = await tx<ChainHead[]>`
    SELECT chain_id, position::int AS position, encode(hash, 'hex') AS hash FROM public.activity_heads`;
  const headOf = new Map(heads.map((head) => [head.chain_id, head]));
  const faults: ChainFault[] = [];
  for (const chain_id of new Set([...ends.keys(), ...headOf.keys()])) {
    const length = ends.get(chain_id)?.position ?? 0;
    const head = headOf.get(chain_id);
    if (head?.position === length && head.hash === ends.get(chain_id)?.hash) continue;
    const isCutOff = head !== undefined && head.position > length;
    // A link that the head does not know of was put there by hand.
    const firstBad = Math.min((head?.position ?? 0) + 1, isCutOff ? length + 1 : length);
    faults.push({ chain_id, position: firstBad, log_id: null, reason: isCutOff ? 'cut off' : 'changed' });
  }
  return faults;
}

const beside: ReadonlySet<string> = new Set(besideReasons);

/** By chain and position; a fault that names its row before one that does not. What is in no chain does not hide the rest. */
function firstOfEach(faults: readonly ChainFault[]): ChainFault[] {
  const first = new Map<string, ChainFault>();
  for (const fault of faults) {
    const key = `${fault.chain_id} ${beside.has(fault.reason) ? 'beside' : fault.position === null ? 'outside' : 'inside'}`;
    const other = first.get(key);
    if (other === undefined || (fault.position ?? 0) < (other.position ?? 0)) first.set(key, fault);
  }
  return [...first.values()].toSorted(
    (one, other) => one.chain_id.localeCompare(other.chain_id) || (one.position ?? 0) - (other.position ?? 0),
  );
}
