import type { Sql } from 'postgres';
import type { ChainHead } from './verify-log.ts';

/** The key of an advisory lock, an arbitrary number of this project: of processes that sign heads one does it at a time. */
const SIGNER_LOCK = '7164892302';

/**
 * The heads of all chains as of now, handed to `work` while no other process is at the same. Resolves with undefined, and
 * without `work`, if another one is.
 */
export async function readHeads<T>(sql: Sql, work: (heads: ChainHead[]) => Promise<T>): Promise<T | undefined> {
  const outcome = await sql.begin(async (tx) => {
    const [lock] = await tx.unsafe<{ held: boolean }[]>(`SELECT pg_try_advisory_xact_lock(${SIGNER_LOCK}) AS held`);
    if (lock?.held !== true) return {};
    const heads = await tx<ChainHead[]>`
      SELECT chain_id, position::int AS position, encode(hash, 'hex') AS hash FROM public.activity_heads ORDER BY chain_id`;
    return { result: await work(heads) };
  });
  return 'result' in outcome ? outcome.result : undefined;
}
