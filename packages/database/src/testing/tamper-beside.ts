import type { TransactionSql } from 'postgres';
import type { Place, Target } from './tamper-target.ts';

async function pickKey({ tx, random }: Target, query: string): Promise<string> {
  const rows = await tx.unsafe<{ key: string }[]>(query);
  const row = rows[random(rows.length)];
  if (!row) throw new Error(`there is nothing to tamper with: ${query}`);
  return row.key;
}

/** The first row of each chain to which it matters. */
const placesOf = (tx: TransactionSql, column: string, key: string) =>
  tx.unsafe<Place[]>(
    `SELECT DISTINCT ON (chain_id) chain_id, position::int AS position
      FROM activity_links JOIN activity_logs a ON a.id = log_id WHERE a.${column}::text = $1 ORDER BY chain_id, position`,
    [key],
  );

const changing = (keys: string, column: string) => (statement: string) => async (target: Target) => {
  const key = await pickKey(target, keys);
  await target.tx.unsafe(statement, [key]);
  return placesOf(target.tx, column, key);
};

const address = changing('SELECT ref AS key FROM activity_addresses ORDER BY ref', 'ip_address');
const details = changing('SELECT log_id::text AS key FROM activity_personal_details ORDER BY log_id', 'id');
const rowWithout = changing(
  `SELECT id::text AS key FROM activity_logs WHERE NOT details ? 'personal_sha256' ORDER BY id`,
  'id',
);

const somebodyElse = '(SELECT id FROM users WHERE id <> user_id ORDER BY id LIMIT 1)';

/** What stands beside the log's rows, each row of which stays as it is. */
export const besideWays: Record<string, (target: Target) => Promise<Place[]>> = {
  'change an address': address(`UPDATE activity_addresses SET address = '203.0.113.1' WHERE ref = $1`),
  'give an address to somebody else': address(`UPDATE activity_addresses SET user_id = ${somebodyElse} WHERE ref = $1`),
  'take an address away': address('DELETE FROM activity_addresses WHERE ref = $1'),
  'change details': details(
    `UPDATE activity_personal_details SET details = '{"full_name":{"before":null,"after":"Eve"}}' WHERE log_id = $1`,
  ),
  'give details to somebody else': details(
    `UPDATE activity_personal_details SET user_id = ${somebodyElse} WHERE log_id = $1`,
  ),
  'take details away': details('DELETE FROM activity_personal_details WHERE log_id = $1'),
  'add details': rowWithout(
    `INSERT INTO activity_personal_details SELECT $1::uuid, id, '', '{"role":{"before":"user","after":"admin"}}' FROM users LIMIT 1`,
  ),
};
