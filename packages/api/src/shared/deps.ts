import type { Database } from '@taskmaster/database';
import type { SessionLifetimes } from '../auth/auth.repository.ts';
import type { Passwords } from '../auth/passwords.ts';
import type { AccessTokens } from '../auth/access-tokens.ts';
import type { RefreshTokens } from '../auth/refresh-tokens.ts';
import type { Fingerprints } from '../idempotency/fingerprint.ts';
import type { Limits } from '../limits/limits.ts';
import type { Hub } from '../realtime/hub.ts';
import type { RealtimeLog } from '../realtime/realtime-log.ts';
import type { Storage } from '../storage/storage.ts';

/** What the services are made of. The server builds it once; a test may replace a part. */
export interface Deps {
  db: Database;
  /** Fed from committed rows; a write wakes it when it has committed. */
  hub: Pick<Hub, 'wake' | 'watchNotifications' | 'watchTasks'>;
  passwords: Passwords;
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  sessionLifetimes: SessionLifetimes;
  limits: Limits;
  /** Of what a client has sent, for comparing it with what it sends again. */
  fingerprint: (text: string) => Fingerprints;
  storage: Storage;
  /** For what goes wrong and no caller hears of. */
  log: Pick<RealtimeLog, 'warn'>;
  /** The largest attachment, in bytes. */
  maxFileBytes: number;
}
