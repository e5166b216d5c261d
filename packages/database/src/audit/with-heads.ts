import type { Sql, TransactionSql } from 'postgres';
import type { ChainHead } from './chain.ts';

/** The key of an advisory lock, an arbitrary number of this project: of processes that sign heads one does it at a time. */
const SIGNER_LOCK = '7164892302';

/**
 * Takes the signers' lock and hands the heads of all chains as of then to `work`, in a transaction: until `work` is done it
 * keeps the lock and a connection. Where another process has the lock, `work` is not called, and the result is undefined; with
 * `isPatient` it waits for its turn, and throws when that takes longer than the session waits for a lock.
 */
export async function withHeads<T>(
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
