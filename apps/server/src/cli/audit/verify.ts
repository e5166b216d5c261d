import type { ChainFault, Verification } from '@taskmaster/database/audit';
import { verifyLog } from '@taskmaster/database/audit';
import type { SignedHeads } from '../../audit/signed-heads.ts';
import { readSignedHeads } from '../../audit/signed-heads.ts';
import { readEnv } from '../../env.ts';
import { auditSettings } from '../../start/audit-settings.ts';
import { UsageError } from '../usage-error.ts';
import { withConnection } from '../with-database.ts';

const number = (value: number) => value.toLocaleString('en');

/** `audit verify`: exit status 1 and the first bad row of each chain, unless everything is as it was written. */
export async function verifyCommand(args: string[]): Promise<void> {
  if (args.length > 0) throw new UsageError('audit verify takes no arguments');
  const { file, keys } = await auditSettings(readEnv());
  const signed = await readSignedHeads(file, keys);
  const startedAt = performance.now();
  const result = await withConnection(({ sql }) => verifyLog(sql, { known: signed.heads }));
  console.log(summaryOf(result, (performance.now() - startedAt) / 1000));
  console.log(signaturesOf(signed, file));
  for (const fault of signed.faults) console.error(`${file}: ${fault}`);
  for (const fault of result.faults) console.error(describe(fault));
  if (signed.faults.length + result.faults.length > 0) process.exitCode = 1;
  else console.log('Everything is as it was written.');
}

const summaryOf = ({ rows, chains }: Verification, seconds: number): string =>
  `${number(rows)} rows in ${number(chains)} chains verified in ${seconds.toFixed(1)} s`;

function signaturesOf({ heads, signedAt, signature, lines }: SignedHeads, file: string): string {
  if (!signedAt) return `No head is signed yet (${file}): what a superuser cut off or computed anew would not show.`;
  const newest = `the newest of ${signedAt.toISOString()}: number ${lines}, signature ${signature}`;
  return `${number(heads.length)} signed heads on ${number(lines)} lines, ${newest}`;
}

function describe({ chain_id, position, log_id, reason }: ChainFault): string {
  const place = position === null ? `chain ${chain_id}` : `chain ${chain_id}, position ${position}`;
  return `BAD  ${reason}: ${place}${log_id === null ? '' : `, row ${log_id}`}`;
}
