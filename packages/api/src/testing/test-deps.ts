import { secretKey } from '@taskmaster/testing';
import type { Database } from '@taskmaster/database';
import { createAccessTokens } from '../auth/access-tokens.ts';
import type { Passwords } from '../auth/passwords.ts';
import { createRefreshTokens } from '../auth/refresh-tokens.ts';
import { createFingerprint } from '../idempotency/fingerprint.ts';
import type { Limit } from '../limits/limit.ts';
import type { Limits } from '../limits/limits.ts';
import type { Deps } from '../shared/deps.ts';
import type { Storage } from '../storage/storage.ts';

/** argon2 costs 20 ms each time; what the tests here are about does not depend on it. */
export const cheapPasswords: Passwords = {
  hash: async (password) => `cheap:${password.normalize('NFC')}`,
  verify: async (passwordHash, password) => passwordHash === `cheap:${password.normalize('NFC')}`,
  needsRehash: () => false,
};

/** Keeps nothing: the bytes of attachments have tests of their own. */
const emptyStorage: Storage = {
  writeTemp: async () => undefined,
  promote: async () => undefined,
  open: async () => undefined,
  delete: async () => undefined,
  deleteTemp: async () => undefined,
  async *list() {},
  async *listTemps() {},
};

/** Counts how often a write said that it had committed. */
export function createCountingHub() {
  const hub = {
    wakes: 0,
    wake: () => void hub.wakes++,
    watchNotifications: () => refuseToWatch(),
    watchTasks: () => refuseToWatch(),
  };
  return hub;
}

function refuseToWatch(): never {
  throw new Error('this world has no streams: their tests are in realtime/');
}

const none: Limit = { consume: async () => undefined, giveBack: async () => undefined };
export const unlimited: Limits = {
  login: none,
  register: none,
  account: none,
  writes: none,
  uploads: none,
  searches: none,
  refusals: none,
};

/** All that the services are made of: the database is real, what costs time or leaves the process is not. */
export function createTestDeps(db: Database, replaced: Partial<Deps> = {}): Deps {
  return {
    db,
    hub: createCountingHub(),
    passwords: cheapPasswords,
    accessTokens: createAccessTokens({ secretKey, algorithm: 'HS256', lifetimeSeconds: 900 }),
    refreshTokens: createRefreshTokens({ secretKey }),
    sessionLifetimes: { idleSeconds: 604_800, absoluteSeconds: 7_776_000 },
    limits: unlimited,
    fingerprint: createFingerprint({ secretKey }),
    storage: emptyStorage,
    log: { warn: () => undefined },
    maxFileBytes: 1_048_576,
    ...replaced,
  };
}
