import { setTimeout as sleep } from 'node:timers/promises';
import { repeat } from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import { compareWithHeads, withHeads } from '@taskmaster/database/audit';
import type { ChainFault, ChainHead } from '@taskmaster/database/audit';
import type { TransactionSql } from 'postgres';
import type { Logger } from '../logger.ts';
import { once } from '../once.ts';
import type { AuditKeys, SignedHeads } from './signed-heads.ts';
import { appendSignedHeads, movedSince, newestOf, readSignedHeads } from './signed-heads.ts';

export interface SignerOptions {
  sql: DatabaseConnection['sql'];
  file: string;
  keys: AuditKeys;
  log: Logger;
  /** At most so old is the newest signed head. Default: an hour. */
  everyMs?: number;
  /** What the stop gives to the last signature: where the database is away, it is not waited for. Default: a second. */
  lastSignatureMs?: number;
  now?: () => number;
}

export interface Signer {
  /** Stopping twice is stopping once. */
  stop: () => Promise<void>;
}

const hourMs = 3_600_000;
/** Of an hour that is over it is known within a minute, and an attempt that failed is made again. */
const lookEveryMs = 60_000;

/** Of what does not fit a line of the log names so many. */
const namedAtMost = 10;

interface Look {
  at: Date;
  signed: SignedHeads;
  heads: readonly ChainHead[];
}

type IsDue = (look: Look) => boolean;

/**
 * Writes the heads of the chains down outside of the database, every hour, in whichever process looks first, and what has
 * moved since when it stops. What was signed before and does not fit any more is an error in the log, and stays in the file,
 * where `audit verify` finds it: the heads as they are now are signed after it.
 */
export function startSigner(options: SignerOptions): Signer {
  const { sql, file, keys, log, everyMs = hourMs, lastSignatureMs = 1_000, now = Date.now } = options;
  const isHourOver: IsDue = ({ at, signed: { signedAt } }) =>
    signedAt === undefined || at.getTime() - signedAt.getTime() >= everyMs;
  const haveMoved: IsDue = ({ signed, heads }) => movedSince(signed, heads, keys[0]).length > 0;

  /** Lines of the file, which only grows. */
  let seen = 0;

  async function signIf(isDue: IsDue, wait?: { isPatient: boolean }): Promise<void> {
    try {
      await withHeads(sql, (heads, tx) => sign(isDue, heads, tx), wait);
    } catch (error) {
      log.error({ err: error }, 'the heads of the activity log could not be signed');
    }
  }

  async function sign(isDue: IsDue, heads: readonly ChainHead[], tx: TransactionSql): Promise<void> {
    const at = new Date(now());
    const signed = await readSignedHeads(file, keys);
    if (!isDue({ at, signed, heads })) {
      seen = Math.max(seen, signed.lines);
      return;
    }
    tellOf('the activity log is not what was signed', await compareWithHeads(tx, newestOf(signed.heads)));
    const appended = await appendSignedHeads(file, heads, { key: keys[0], signed, now: at });
    const lost = signed.lines < seen ? [`${signed.lines} lines, where there were ${seen}`] : [];
    tellOf('the file of signed heads is not as it was signed', [...lost, ...signed.faults]);
    seen = appended.number;
    // With the log it leaves the machine: lines that are gone from the end of the file, or the whole of it, show by that.
    log.info(appended, 'heads of the activity log signed');
  }

  function tellOf(what: string, faults: readonly (string | ChainFault)[]): void {
    if (faults.length === 0) return;
    log.error({ file, count: faults.length, faults: faults.slice(0, namedAtMost) }, `${what}: see \`audit verify\``);
  }

  const stopLooking = repeat(() => signIf(isHourOver), 0, Math.min(lookEveryMs, everyMs));
  const stop = once(async () => {
    // Several processes stop at once: each waits for its turn, as what it wrote last may be in nobody else's heads.
    const signing = stopLooking().then(() => signIf(haveMoved, { isPatient: true }));
    await Promise.race([signing, sleep(lastSignatureMs, undefined, { ref: false })]);
  });
  return { stop };
}
