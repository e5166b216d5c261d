import { repeat } from '@taskmaster/api';
import type { DatabaseConnection } from '@taskmaster/database';
import { readHeads } from '@taskmaster/database/audit';
import type { Logger } from '../logger.ts';
import type { AuditKey } from './signed-heads.ts';
import { appendSignedHeads, readSignedHeads } from './signed-heads.ts';

export interface SignerOptions {
  sql: DatabaseConnection['sql'];
  file: string;
  key: AuditKey;
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

/** Writes the heads of the chains down outside of the database, every hour, in whichever process looks first. */
export function startSigner({ sql, file, key, log, everyMs = hourMs, now = Date.now }: SignerOptions): Signer {
  async function signIfDue(): Promise<void> {
    await readHeads(sql, async (heads) => {
      const { signedAt } = await readSignedHeads(file, [key]);
      if (signedAt !== undefined && now() - signedAt.getTime() < everyMs) return;
      const { moved } = await appendSignedHeads(file, heads, { key, now: new Date(now()) });
      log.debug({ moved }, 'heads of the activity log signed');
    });
  }

  const look = () =>
    signIfDue().catch((error: unknown) =>
      log.error({ err: error }, 'the heads of the activity log could not be signed'),
    );
  return { stop: repeat(look, 0, Math.min(lookEveryMs, everyMs)) };
}
