import type { Sql, TransactionSql } from 'postgres';
import type { ChainHead } from './chain.ts';

/** The key of an advisory lock, an arbitrary number of this project: of processes that sign heads one does it at a time. */
const SIGNER_LOCK = '7164892302';

/**
 * The heads of all chains as of now, handed to `work` while no other process is at the same. If another one is, it resolves
 * with undefined, and without `work`; or waits for its end, as long as the session waits for locks, where it `isPatient`.
 */
export async function readHeads<T>(
  sql: Sql,
  work: (heads: ChainHead[], tx: TransactionSql) => Promise<T>,
  { isPatient = false } = {},
): Promise<T | undefined> {
  const lockHeads = isPatient
    ? `SELECT true AS held FROM pg_advisory_xact_lock(${SIGNER_LOCK})`
    : `SELECT pg_try_advisory_xact_lock(${SIGNER_LOCK}) AS held`;
  const outcome = await sql.begin(async (tx) => {
    const [lock] = await tx.unsafe<{ held: boolean }[]>(lockHeads);
    if (lock?.held !== true) return {};
    const heads = await tx<ChainHead[]>`
      SELECT chain_id, position::int AS position, encode(hash, 'hex') AS hash FROM public.activity_heads ORDER BY chain_id`;
    return { result: await work(heads, tx) };
  });
  return 'result' in outcome ? outcome.result : undefined;
}
