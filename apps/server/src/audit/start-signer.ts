import { repeat } from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import { compareWithHeads, readHeads } from '@taskmaster/database/audit';
import type { ChainFault } from '@taskmaster/database/audit';
import type { Logger } from '../logger.ts';
import type { AuditKeys } from './signed-heads.ts';
import { appendSignedHeads, newestOf, readSignedHeads } from './signed-heads.ts';

export interface SignerOptions {
  sql: DatabaseConnection['sql'];
  file: string;
  keys: AuditKeys;
  log: Logger;
  /** At most so old is the newest signed head. Default: an hour. */
  everyMs?: number;
  now?: () => number;
}

export interface Signer {
  stop: () => Promise<void>;
}

const hourMs = 3_600_000;
/** Of an hour that is over it is known within a minute, and an attempt that failed is made again. */
const lookEveryMs = 60_000;

/** Of what does not fit a line of the log names so many. */
const namedAtMost = 10;

/**
 * Writes the heads of the chains down outside of the database, every hour, in whichever process looks first. What was
 * signed before and does not fit any more is an error in the log, and stays in the file, where `audit verify` finds it: the
 * heads as they are now are signed after it.
 */
export function startSigner({ sql, file, keys, log, everyMs = hourMs, now = Date.now }: SignerOptions): Signer {
  async function signIfDue(): Promise<void> {
    await readHeads(sql, async (heads, tx) => {
      const signed = await readSignedHeads(file, keys);
      if (signed.signedAt !== undefined && now() - signed.signedAt.getTime() < everyMs) return;
      tellOf('the file of signed heads is not as it was signed', signed.faults);
      const faults = await compareWithHeads(tx, [...newestOf(signed.heads).values()]);
      tellOf('the activity log is not what was signed', faults);
      const { moved } = await appendSignedHeads(file, heads, { key: keys[0], now: new Date(now()) });
      log.debug({ moved }, 'heads of the activity log signed');
    });
  }

  function tellOf(what: string, faults: readonly (string | ChainFault)[]): void {
    if (faults.length === 0) return;
    log.error({ file, count: faults.length, faults: faults.slice(0, namedAtMost) }, `${what}: see \`audit verify\``);
  }

  const look = () =>
    signIfDue().catch((error: unknown) =>
      log.error({ err: error }, 'the heads of the activity log could not be signed'),
    );
  return { stop: repeat(look, 0, Math.min(lookEveryMs, everyMs)) };
}
